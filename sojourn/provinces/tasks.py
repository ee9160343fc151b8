"""Jobs of the provinces."""

from celery import shared_task

from sojourn.provinces import services


@shared_task(time_limit=300)
def judge_seasons() -> None:
    """The months stand judged by the season rule of today: a dated rule begins on its day, not at a load."""
    services.judge_seasons()
