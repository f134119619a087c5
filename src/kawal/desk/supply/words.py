"""What is wrong with an announcement and how it is mended, for the people behind the supplier's system."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kawal.rules.refusals import Refused
from kawal.rules.report.epcis.checking import Wrong

WRONGS = {
    "missing": gettext_lazy("is missing"),
    "must_be_object": gettext_lazy("must be an object"),
    "must_be_list": gettext_lazy("must be a list"),
    "must_be_text": gettext_lazy("must be text"),
    "must_be_number": gettext_lazy("must be a number, without quotes"),
    "must_be_true_or_false": gettext_lazy("must be true or false, without quotes"),
    "must_be_uri": gettext_lazy("must be a URI, such as https://example.com/box/1"),
    "must_be_time": gettext_lazy("must be a time with its zone, such as 2029-02-13T08:00:00+07:00"),
    "must_be_offset": gettext_lazy("must be a time zone, such as +07:00"),
    "must_be_unit": gettext_lazy("must be a unit of UN/ECE Rec. 20, such as KGM; pieces have none"),
    "must_be_hex": gettext_lazy("must be hexadecimal digits"),
    "must_be_context": gettext_lazy("must be the address of a JSON-LD context, a context, or a list of them"),
    "must_be_one_of": gettext_lazy("must be one of: %(words)s"),
    "unknown_word": gettext_lazy("must be a word of the vocabulary or a URI of your own: %(words)s"),
    "write_bare_word": gettext_lazy("is written as the bare word in JSON: %(word)s"),
    "unknown_field": gettext_lazy("is no field of EPCIS here; your own carry a prefix, as example:field"),
    "unknown_version": gettext_lazy("must be 2.0"),
    "list_empty": gettext_lazy("must not be empty"),
    "named_twice": gettext_lazy("names %(value)s twice"),
    "no_objects": gettext_lazy("names nothing: give epcList, quantityList, or sensors with a readPoint"),
    "no_children": gettext_lazy("names nothing: give childEPCs or childQuantityList"),
    "parent_needed": gettext_lazy("is missing: ADD and DELETE need a parent"),
    "ilmd_needs_add": gettext_lazy("is told when something comes into being: with action ADD only"),
    "no_inputs": gettext_lazy("is missing: say what went in"),
    "no_outputs": gettext_lazy("is missing: say what came out"),
    "id_taken": gettext_lazy("was told before with other content: correct it by an errorDeclaration"),
}  # fmt: skip

REFUSALS = {
    "no_token": gettext_lazy("Show the token of your organisation: Authorization: Bearer ..."),
    "not_a_supplier": gettext_lazy("Only suppliers announce; officers read."),
    "too_large": gettext_lazy("The document is larger than %(bytes_max)s bytes: send it in parts."),
    "too_many_events": gettext_lazy(
        "The document has %(events)s events, %(events_max)s are taken at once: send it in parts."
    ),
    "bad_json": gettext_lazy("This is not JSON that can be read safely (%(why)s, at %(at)s)."),
    "bad_document": gettext_lazy("The document does not hold what EPCIS 2.0 demands of it."),
    "bad_events": gettext_lazy("Nothing was taken in: %(count)s things are wrong with the events."),
    "bad_behaviour": gettext_lazy("GS1-Capture-Error-Behaviour is rollback or proceed."),
    "bad_type": gettext_lazy("Send application/json or application/ld+json."),
    "bad_accept": gettext_lazy("Answers are application/json or application/ld+json."),
    "bad_version": gettext_lazy("This is EPCIS 2.0 with CBV 2.0."),
    "no_such_capture": gettext_lazy("There is no such capture."),
    "no_such_event": gettext_lazy("There is no such event."),
    "no_such_resource": gettext_lazy("There is nothing at this address."),
    "bad_method": gettext_lazy("This address does not take %(method)s."),
    "bad_parameter": gettext_lazy("The parameter %(name)s is not known here or cannot be read."),
    "supplier_known": gettext_lazy("There is a supplier of this name already: %(name)s"),
    "no_such_supplier": gettext_lazy("There is no supplier of this name: %(name)s"),
    "bad_supplier_name": gettext_lazy("A name has 1 to 120 characters."),
}


def wrong(found: Wrong) -> str:
    """`eventList[2].action must be one of: ADD, DELETE, OBSERVE`."""
    return f"{found.at or _('document')} {WRONGS[found.code] % found.facts}"


def refusal(refused: Refused) -> str:
    return str(REFUSALS[refused.code]) % refused.facts
