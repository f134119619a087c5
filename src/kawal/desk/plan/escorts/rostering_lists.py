"""The duty list of a post, for its chief to put names to."""

from __future__ import annotations

import csv
import io

from django.utils.translation import gettext

from kawal.desk.plan.escorts import rostering_words
from kawal.desk.plan.escorts.rostering import Kept
from kawal.rules.refusals import Refused


def csv_of(kept: Kept, post: str) -> bytes:
    """One row for each officer and duty, in the order of number and time. Refuses `unknown_post`."""
    code = post if post.startswith("polri/") else f"polri/{post}"
    names = rostering_words.post_names(kept)
    if code not in names:
        raise Refused("unknown_post", post=post)
    duties = {duty.code: duty for duty in kept.problem.duties}
    starts = {row.duty: row.start for row in kept.roster.postings}
    together: dict[str, list[str]] = {}
    for row in kept.roster.postings:
        together.setdefault(row.duty, []).append(f"{names[row.post]} ({row.officers_count})")
    crossing = rostering_words.handovers(kept)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            gettext("Officer"),
            gettext("Name"),
            gettext("Shift"),
            gettext("Begins"),
            gettext("Ends"),
            gettext("Home post"),
            gettext("Trips"),
            gettext("With"),
            gettext("Hand-over"),
        ]
    )
    for (of, number), codes in sorted(kept.named.officers.items()):
        if of != code:
            continue
        for one in codes:
            duty = duties[one]
            begins, ends = (at.astimezone(kept.problem.zone) for at in (duty.begins_at, duty.ends_at))
            writer.writerow(
                [
                    number,
                    "",
                    rostering_words.shift_name(kept, starts[one]),
                    begins.isoformat(timespec="minutes"),
                    ends.isoformat(timespec="minutes"),
                    names[duty.post],
                    " ".join(duty.trips),
                    "; ".join(together[one]),
                    crossing.get(one, ""),
                ]
            )
    return out.getvalue().encode("utf-8-sig")
