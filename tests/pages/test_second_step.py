"""The second step, screen by screen: at the sign-in, under one's own sign-ins, on a person's record and on the school's."""

import datetime as dt
import re

import pytest

from domain.access import forgotten, steps
from domain.access.roles import Role
from domain.access.sign_in import actor_of, hand_out
from domain.access.trail.reading import history
from domain.access.uow import reading
from domain.core.models import User
from domain.kit import clock
from pages._shell import entering, state
from tests.conftest import PASSWORD, School
from tests.factories.authenticator import code, give_phone, setting
from tests.factories.mailbox import mailbox
from tests.pages.browser import Browser
from tests.pages.conftest import Ask
from tests.pages.doorstep import Doorstep

WRONG = "This code doesn&#x27;t fit, or was used already. Please wait for the next one and try again."


def shown_secret(it: Browser) -> str:
    """The key that stands under the QR code, for typing."""
    [shown] = [each.value for each in it.at.code]
    return str(shown).replace(" ", "")


def other_than(right: str) -> str:
    return "000000" if right != "000000" else "111111"


def test_a_code_opens_what_the_password_alone_does_not(school: School) -> None:
    secret, _codes = give_phone(school.people[Role.TEACHER])
    it = Doorstep().sign_in("teacher@example.com", PASSWORD)
    assert (it.title, it.is_in) == ("Second step", False)
    assert it.at.text_input(key="sign-in-code").proto.autocomplete == "one-time-code"
    it.give("sign-in-code", other_than(code(secret)), "second-step-submit")
    assert (it.problems("step-code"), it.said(), it.is_in) == ([WRONG], [], False)
    assert it.give("sign-in-code", code(secret), "second-step-submit").is_in
    assert entering.STEP not in it.at.session_state


def test_a_recovery_code_opens_too_and_says_how_many_are_left(school: School) -> None:
    _secret, codes = give_phone(school.people[Role.TEACHER])
    it = Doorstep().sign_in("teacher@example.com", PASSWORD).click("second-step-other")
    assert it.at.text_input(key="sign-in-recovery").proto.autocomplete == "off"
    it.put({"sign-in-recovery": "AAAA-AAAA-AAAA-AAAA"}).click("second-step-submit")
    assert it.problems("step-code") == ["This isn&#x27;t one of your recovery codes, or it was used already."]
    it.put({"sign-in-recovery": codes[3].lower()}).click("second-step-submit")
    assert it.said()[0].startswith("You have 9 recovery codes left.")
    assert 'data-trade="session"' in it.click("left-go-on").text()


def test_who_must_have_one_sets_it_up_before_anything_opens(school: School) -> None:
    setting(school.id, second_factor_required=True)
    it = Doorstep().sign_in("staff@example.com", PASSWORD)
    assert it.title == "Set up a second step"
    picture = re.search(r'src="data:image/svg\+xml[^,]*,([^"]*)" alt="QR code for your authenticator app"', it.text())
    assert picture, "within the page, and not by an open link"
    secret = shown_secret(it)
    assert shown_secret(it.run()) == secret, "it stays the same for as long as the step lasts"
    it.give("set-up-code", other_than(code(secret)), "set-up-submit")
    assert it.problems("step-code") == [
        "This code doesn&#x27;t fit. Please look at your phone&#x27;s clock, and try the next code."
    ]
    it.give("set-up-code", code(secret), "set-up-submit")
    assert (it.title, it.is_in) == ("Your recovery codes", False)
    codes = str(it.at.code[0].value).split("\n")
    assert len(codes) == 10
    assert it.click("codes-kept")
    assert it.is_in
    again = Doorstep().sign_in("staff@example.com", PASSWORD).click("second-step-other")
    again.put({"sign-in-recovery": codes[0]}).click("second-step-submit")
    assert again.said()[0].startswith("You have 9 recovery codes left.")


def test_whoever_takes_too_long_begins_anew(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, _codes = give_phone(school.people[Role.TEACHER])
    it = Doorstep().sign_in("teacher@example.com", PASSWORD)
    later = clock.now() + dt.timedelta(minutes=11)
    monkeypatch.setattr(steps, "now", lambda: later)
    it.give("sign-in-code", code(secret), "second-step-submit")
    assert it.said() == ["This took too long, or was ended meanwhile. Please sign in again."]
    assert "sign-in-email" in it.widgets()


def test_one_may_go_back_to_the_password(school: School) -> None:
    give_phone(school.people[Role.TEACHER])
    it = Doorstep().sign_in("teacher@example.com", PASSWORD).click("step-back")
    assert "sign-in-email" in it.widgets()
    assert entering.STEP not in it.at.session_state


def test_nobody_writes_themself_into_the_next_step(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a browser's session holds of a step is worth nothing that the database doesn't know."""
    from domain.access.sign_in import Need, by_password

    [step] = by_password("teacher@example.com", PASSWORD)
    it = Doorstep()
    it.at.session_state[entering.STEP] = steps.Step("made up", step.account, Need.CODE)
    it.run().put({"sign-in-code": "123456"}).click("second-step-submit")
    assert it.said() == ["This took too long, or was ended meanwhile. Please sign in again."]


# My sign-ins.


def test_a_teacher_turns_it_on_for_themself_makes_new_codes_and_turns_it_off(school: School, sql: Ask) -> None:
    it = Browser(school, Role.TEACHER).follow("security").click("factor-set-up")
    it.put({"factor-present": "not mine at all"}).click("factor-submit")
    assert it.problems("factor-present") == ["This isn&#x27;t your present password."]
    it.put({"factor-present": PASSWORD}).click("factor-submit")
    secret = shown_secret(it)
    it.put({"factor-new-code": code(secret)}).click("factor-confirm-submit")
    first = str(it.at.code[0].value).split("\n")
    it.click("factor-kept")
    assert "10 recovery codes left" in it.said()[0]

    it.click("factor-new-codes").put({"factor-present": PASSWORD, "factor-code": first[0]}).click("factor-submit")
    assert not set(str(it.at.code[0].value).split("\n")) & set(first)
    it.click("factor-kept").click("factor-turn-off")
    it.put({"factor-present": PASSWORD, "factor-code": first[1]}).click("factor-submit")
    assert it.problems("factor-code") == ["This isn&#x27;t one of your recovery codes, or it was used already."]
    it.put({"factor-code": code(secret, steps=1)}).click("factor-submit")
    assert it.has("factor-set-up")
    assert sql("SELECT * FROM second_factors") == sql("SELECT * FROM recovery_codes") == []


def test_where_the_school_requires_it_nothing_offers_to_turn_it_off(school: School) -> None:
    setting(school.id, second_factor_required=True)
    it = Browser(school, Role.STAFF).follow("security")
    assert it.said() == ["Your school asks for a second step of your role. Please set it up now, or else at your next sign-in."]
    give_phone(school.people[Role.STAFF])
    assert set(it.run().widgets("factor-")) == {"factor-set-up", "factor-new-codes"}


def test_an_invented_person_sees_no_form_that_cannot_work(school: School, sql: Ask) -> None:
    sql("DELETE FROM credentials")
    sql("UPDATE organizations SET is_demo = 1")
    it = Browser(school, Role.TEACHER).follow("security")
    assert not it.widgets("factor-")
    assert not it.widgets("password-")


def test_who_has_no_password_is_told_whom_to_ask_for_one(school: School, sql: Ask) -> None:
    sql("DELETE FROM credentials")
    it = Browser(school, Role.TEACHER).follow("security")
    assert not it.widgets("password-")
    assert "Your school's coordination can give you a link to choose one." in it.text().replace("&#x27;", "'")


# Others'.


def test_coordination_takes_a_lost_second_step_away_after_a_question(school: School, sql: Ask) -> None:
    person = school.people[Role.STAFF]
    it = Browser(school, Role.SCHOOL).open("users", record=person)
    assert not it.has("reset-factor")
    give_phone(person)
    it.run().click("reset-factor").click("reset-factor-confirm-yes")
    assert sql("SELECT * FROM second_factors") == []
    assert not it.has("reset-factor")
    with reading(school.actor(Role.SCHOOL)) as session:
        latest = history(session, User, person)[0]
    assert (latest.table, latest.action, latest.user_id) == ("second_factors", "D", school.people[Role.SCHOOL])
    assert "The second step at sign-in was taken away" in _history_of(person, school)


def _history_of(person: str, school: School) -> str:
    it = Browser(school, Role.SCHOOL).open("users", record=person)
    it.at.session_state["history-users"] = True
    return it.run().text()


def test_the_school_stops_asking_and_asks_again_on_its_own_record(school: School, sql: Ask) -> None:
    def kept() -> bool:
        return '"second_factor_required": true' in sql("SELECT settings FROM organizations")[0]["settings"]

    it = Browser(school, Role.OWNER).open("organizations", record=school.id)
    assert not kept()
    it.click("school-factor")
    assert kept()
    it.click("undo")
    assert not kept()
    it.click("school-factor")
    it.click("school-factor").click("school-factor-confirm-yes")
    assert not kept()


def test_reception_is_offered_no_such_switch(school: School) -> None:
    assert not Browser(school, Role.STAFF).open("organizations", record=school.id).has("school-factor")


# Links.


def test_a_link_opened_while_signed_in_shows_the_new_password_and_not_the_home_page(school: School) -> None:
    it = Browser(school, Role.TEACHER)
    it.at.query_params["reset"] = hand_out(school.actor("school"), school.people[Role.STUDENT])
    it.run().put({"reset-password": "violet otters juggle", "reset-password-again": "violet otters juggle"})
    it.click("reset-submit")
    assert "reset" not in it.query
    assert it.has("menu"), "whose link it wasn't goes on"
    assert actor_of(it.at.session_state[state.TOKEN])


def test_ones_own_link_opened_while_signed_in_leads_to_the_sign_in(school: School) -> None:
    it = Browser(school, Role.TEACHER)
    it.at.query_params["reset"] = hand_out(school.actor("school"), school.people[Role.TEACHER])
    it.run().put({"reset-password": "violet otters juggle", "reset-password-again": "violet otters juggle"})
    it.click("reset-submit")
    assert it.said() == ["Your new password is set. Please sign in with it."]


@pytest.mark.parametrize("email", ["teacher@example.com", "nobody@example.com"])
def test_a_link_by_mail_is_promised_alike_to_everybody(email: str, school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Doorstep().has("forgotten"), "without a server the page says whom to ask"
    with mailbox() as box:
        monkeypatch.setenv("CONSTELA_SMTP_URL", f"smtp+plain://127.0.0.1:{box.port}")
        monkeypatch.setenv("CONSTELA_MAIL_FROM", "escola@escola.example")
        monkeypatch.setenv("CONSTELA_URL", "https://escola.example")
        it = Doorstep().click("forgotten")
        it.put({"forgotten-email": email}).click("forgotten-submit")
        assert it.said() == ["If a school here knows this e-mail, a link is on its way. Look among unwanted mail too."]
        assert "sign-in-email" in it.click("forgotten-back").widgets()
        forgotten.wait()
        assert len(box.mails) == (email == "teacher@example.com")


def test_a_role_that_asks_for_more_says_so_and_the_person_stays_who_they_are(school: School, sql: Ask) -> None:
    from domain.access.uow import unit_of_work
    from domain.core.models import UserRole

    setting(school.id, second_factor_required=True)
    with unit_of_work(school.job) as session:
        session.add(UserRole(user_id=school.people[Role.TEACHER], role=Role.STAFF))
    it = Browser(school, Role.TEACHER)
    it.at.selectbox(key="role").set_value(Role.STAFF)
    it.run()
    assert it.said()[0].startswith("This role asks for a second step at sign-in.")
    assert it.held("role") is Role.TEACHER
