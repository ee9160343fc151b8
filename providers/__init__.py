"""The wing of those who take people in: operators, facilities, designated bases and the search over them."""
