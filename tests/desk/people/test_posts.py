"""Posts carry the names that the agencies themselves write; officers sit at them."""

from __future__ import annotations

import pytest

from kawal.desk.people import actions, reads
from kawal.desk.people.models import Agency, Officer, Post
from kawal.desk.people.names import post_name
from kawal.rules.places.codes import level_of
from kawal.rules.places.facts import Area, Station
from kawal.rules.refusals import Refused

pytestmark = pytest.mark.django_db


def area(code: str, name: str) -> Area:
    return Area(code=code, level=level_of(code), name=name)


BANYUASIN = [
    area("16", "Sumatera Selatan"),
    area("16.07", "Kabupaten Banyuasin"),
    area("16.07.03", "Betung"),
    area("16.07.03.2001", "Lubuk Karet"),
]
TPS = Station(code="1607032001004", village="16.07.03.2001", number=4, voters=250, voter_list="DPT")


@pytest.mark.parametrize(
    ("agency", "where", "name"),
    [
        ("polri", area("", "Indonesia"), "Mabes Polri"),
        ("polri", area("16", "Sumatera Selatan"), "Polda Sumatera Selatan"),
        ("polri", area("31", "Daerah Khusus Ibukota Jakarta"), "Polda Metro Jaya"),
        ("polri", area("16.07", "Kabupaten Banyuasin"), "Polres Banyuasin"),
        ("polri", area("16.07.03", "Betung"), "Polsek Betung"),
        ("kpu", area("31", "Daerah Khusus Ibukota Jakarta"), "KPU Provinsi DKI Jakarta"),
        ("kpu", area("16.71", "Kota Palembang"), "KPU Kota Palembang"),
        ("kpu", area("11", "Aceh"), "KIP Aceh"),
        ("kpu", area("11.71", "Kota Banda Aceh"), "KIP Kota Banda Aceh"),
        ("kpu", area("16.07.03", "Betung"), "PPK Betung"),
        ("kpu", area("16.07.03.2001", "Lubuk Karet"), "PPS Lubuk Karet"),
        ("bawaslu", area("11.71", "Kota Banda Aceh"), "Panwaslih Kota Banda Aceh"),
        ("bawaslu", area("16.07.03", "Betung"), "Panwaslu Kecamatan Betung"),
        ("bawaslu", area("94.05.01", "Ilaga"), "Panwaslu Distrik Ilaga"),
        ("tni", area("16.07", "Kabupaten Banyuasin"), "Kodim Banyuasin"),
        ("pemda", area("16.07.01.1016", "Mariana"), "Kelurahan Mariana"),
        ("pemda", area("16.07.03.2001", "Lubuk Karet"), "Desa Lubuk Karet"),
    ],
)
def test_a_post_is_called_as_its_agency_calls_it(agency: str, where: Area, name: str) -> None:
    assert post_name(Agency(agency), where) == name


def test_posts_are_founded_for_all_agencies_and_for_the_kpps_of_each_station() -> None:
    founded = actions.found_posts(BANYUASIN, [TPS])
    assert founded == 5 * len(Agency) + 1
    assert Post.objects.get(code="kpu/1607032001004").name == "KPPS TPS 004 Lubuk Karet"
    assert Post.objects.get(code="polri/id").name == "Mabes Polri"


def test_founding_again_adds_nothing_and_mends_names() -> None:
    actions.found_posts(BANYUASIN, [TPS])
    renamed = [*BANYUASIN[:2], area("16.07.03", "Betung Raya"), BANYUASIN[3]]
    assert actions.found_posts(renamed, [TPS]) == 0
    assert reads.post_names(["polri/16.07.03"]) == {"polri/16.07.03": "Polsek Betung Raya"}


def test_an_officer_sits_at_a_post() -> None:
    actions.found_posts(BANYUASIN)
    actions.add_officer(
        "kapolsek", post="polri/16.07.03", role="chief", password="a long one", name="Kapolsek"
    )
    row = reads.officers()[0]
    assert (row.username, row.post_name, row.role) == ("kapolsek", "Polsek Betung", "chief")
    assert Officer.objects.get().user.check_password("a long one")


@pytest.mark.parametrize(
    ("username", "post", "role", "code"),
    [
        ("piket", "polri/99", "duty", "unknown_post"),
        ("piket", "polri/16.07", "king", "unknown_role"),
        ("piket", "polri/16.07", "custodian", "role_not_of_agency"),
        ("with space", "polri/16.07", "duty", "bad_username"),
        ("", "polri/16.07", "duty", "bad_username"),
        ("taken", "polri/16.07", "duty", "username_taken"),
    ],
)
def test_what_cannot_be_an_officer_is_refused_and_leaves_no_account(
    username: str, post: str, role: str, code: str
) -> None:
    actions.found_posts(BANYUASIN)
    actions.add_officer("taken", post="polri/16.07", role="duty", password=None)
    with pytest.raises(Refused) as refused:
        actions.add_officer(username, post=post, role=role, password=None)
    assert refused.value.code == code
    assert Officer.objects.count() == 1
