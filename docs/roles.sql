-- The two roles and the database of a node, once, as the administrator of a PostgreSQL 16 or later:
--
--     SOJOURN_OWNER_PASSWORD=… SOJOURN_APP_PASSWORD=… psql --set ON_ERROR_STOP=1 --file docs/roles.sql
--
-- The owner migrates, the app serves (decisions/0002). Text compares bytewise (decisions/0007).
\getenv owner_password SOJOURN_OWNER_PASSWORD
\getenv app_password SOJOURN_APP_PASSWORD
CREATE ROLE sojourn_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE sojourn_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
SELECT :SERVER_VERSION_NUM >= 170000 AS has_builtin_locale \gset
\if :has_builtin_locale
CREATE DATABASE sojourn OWNER sojourn_owner TEMPLATE template0
    ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8';
\else
CREATE DATABASE sojourn OWNER sojourn_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
\endif
REVOKE ALL ON DATABASE sojourn FROM PUBLIC;
GRANT CONNECT ON DATABASE sojourn TO sojourn_app;
