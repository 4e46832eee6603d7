"""What is said of work that failed: our own errors in their words, others only by kind and place."""

from datetime import date

import httpx
import pytest

from data.errors import StorageUnavailable
from jobs.failures import sentence_of
from services.errors import Invalid
from solar.days import zone_of

SECRET = "hunter2-of-the-service"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (StorageUnavailable("MongoDB does not answer"), "MongoDB does not answer."),
        (Invalid({"days": "must be at most 400"}), "Days: must be at most 400."),
        (httpx.ConnectError(f"https://x.example/?apikey={SECRET}"), "ConnectError."),
        (ValueError(SECRET), "ValueError."),
    ],
)
def test_errors_are_said_without_what_they_may_quote(error: Exception, sentence: str) -> None:
    assert sentence_of(error) == sentence


def test_an_error_of_a_library_names_the_line_of_ours_that_met_it() -> None:
    with pytest.raises(ValueError, match="time zone") as met:
        zone_of(SECRET)
    said = sentence_of(met.value)
    assert SECRET not in said
    assert said.endswith(".") and "solar/days.py, line " in said
    with pytest.raises(ValueError, match="month") as outside:
        date(2026, 13, 1)
    assert sentence_of(outside.value) == "ValueError."
