"""GS1 EPCIS 2.0: Kawal's log as others' systems read it, and what suppliers tell in the same language.

naming     identifiers of parcels, seals, sites, posts, events: URIs below the log's own address
mapping    an event of the log -> EPCIS events (an export view, never the storage format)
shaping    what each of them has, and what stands under `kawal:`
document   what stands around them in a document

Source: GS1 EPCIS 2.0 and CBV 2.0 (2022); https://github.com/gs1/EPCIS at 2b888be.
"""
