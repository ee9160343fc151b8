"""What each answer of the HSDS directory may hold, as JSON Schema for the API's own description.

Of the standard only what we fill; every field of it keeps the standard's name and meaning.
"""

TEXT = {"type": "string"}
IDENTIFIER = {"type": "string", "format": "uuid"}
NUMBER = {"type": "number"}
COUNT = {"type": "integer", "minimum": 0}
YES_OR_NO = {"type": "boolean"}


def record(*required: str, **fields: dict) -> dict:
    """An object with these fields and no other."""
    return {"type": "object", "required": list(required), "properties": fields, "additionalProperties": False}


def many(shape: dict) -> dict:
    return {"type": "array", "items": shape}


def widened(shape: dict, **fields: dict) -> dict:
    """The same object with more fields, which it need not have."""
    return shape | {"properties": shape["properties"] | fields}


PHONE = record("id", "number", id=IDENTIFIER, number=TEXT, type=TEXT, description=TEXT)
LANGUAGE = record("id", id=IDENTIFIER, name=TEXT, code=TEXT)
ADDRESS = record(
    "id",
    "address_1",
    "city",
    "state_province",
    "postal_code",
    "country",
    "address_type",
    id=IDENTIFIER,
    location_id=IDENTIFIER,
    address_1=TEXT,
    city=TEXT,
    region=TEXT,
    state_province=TEXT,
    postal_code=TEXT,
    country={"type": "string", "enum": ["CN"]},
    address_type={"type": "string", "enum": ["physical"]},
)
ACCESSIBILITY = record("id", id=IDENTIFIER, location_id=IDENTIFIER, description=TEXT, details=TEXT)
COST_OPTION = record(
    "id",
    id=IDENTIFIER,
    service_id=IDENTIFIER,
    valid_from={"type": "string", "format": "date"},
    option=TEXT,
    currency={"type": "string", "enum": ["CNY"]},
    amount=NUMBER,
    amount_description=TEXT,
)
TAXONOMY_TERM = record(
    "id", "name", "description", id=IDENTIFIER, code=TEXT, name=TEXT, description=TEXT, taxonomy=TEXT
)
ATTRIBUTE = record(
    "id",
    id=IDENTIFIER,
    link_id=IDENTIFIER,
    link_entity=TEXT,
    value=TEXT,
    taxonomy_term=TAXONOMY_TERM,
)
ORGANIZATION_IDENTIFIER = record(
    "id",
    "identifier_type",
    "identifier",
    id=IDENTIFIER,
    organization_id=IDENTIFIER,
    identifier_type=TEXT,
    identifier=TEXT,
)
ORGANIZATION = record(
    "id", "name", "description", id=IDENTIFIER, name=TEXT, description=TEXT, legal_status=TEXT
)
LOCATION = record(
    "id",
    "location_type",
    id=IDENTIFIER,
    location_type={"type": "string", "enum": ["physical"]},
    organization_id=IDENTIFIER,
    name=TEXT,
    description=TEXT,
    latitude={"type": "number", "minimum": 3, "maximum": 54},
    longitude={"type": "number", "minimum": 73, "maximum": 136},
    external_identifier=TEXT,
    external_identifier_type=TEXT,
)
LOCATION_IN_FULL = widened(
    LOCATION,
    addresses=many(ADDRESS),
    phones=many(PHONE),
    languages=many(LANGUAGE),
    accessibility=many(ACCESSIBILITY),
)
SERVICE = record(
    "id",
    "name",
    "status",
    id=IDENTIFIER,
    organization_id=IDENTIFIER,
    name=TEXT,
    description=TEXT,
    status={"type": "string", "enum": ["active", "temporarily closed"]},
    fees_description=TEXT,
    accreditations=TEXT,
    eligibility_description=TEXT,
    alert=TEXT,
    last_modified={"type": "string", "format": "date-time"},
    organization=ORGANIZATION,
)
SERVICE_AT_LOCATION = record(
    "id",
    id=IDENTIFIER,
    service_id=IDENTIFIER,
    location_id=IDENTIFIER,
    service=SERVICE,
    location=LOCATION,
)
SERVICE_IN_FULL = widened(
    SERVICE,
    phones=many(PHONE),
    languages=many(LANGUAGE),
    cost_options=many(COST_OPTION),
    service_at_locations=many(
        record("id", id=IDENTIFIER, service_id=IDENTIFIER, location_id=IDENTIFIER, location=LOCATION_IN_FULL)
    ),
    attributes=many(ATTRIBUTE),
)
SERVICE_AT_LOCATION_IN_FULL = widened(SERVICE_AT_LOCATION, service=SERVICE_IN_FULL, location=LOCATION_IN_FULL)
ORGANIZATION_IN_FULL = widened(
    ORGANIZATION,
    organization_identifiers=many(ORGANIZATION_IDENTIFIER),
    locations=many(LOCATION),
    services=many(SERVICE),
)
ROOT = record(
    "version",
    "profile",
    "openapi_url",
    "attribution",
    version={"type": "string", "enum": ["3.0"]},
    profile={"type": "string", "format": "uri"},
    openapi_url={"type": "string", "format": "uri"},
    attribution=TEXT,
)


def page_of(shape: dict) -> dict:
    """The envelope in which the standard sends a list."""
    counts = dict.fromkeys(("total_items", "total_pages", "page_number", "size"), COUNT)
    said = dict.fromkeys(("first_page", "last_page", "empty"), YES_OR_NO)
    return record(*counts, *said, "contents", **counts, **said, contents=many(shape))
