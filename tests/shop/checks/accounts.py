"""Log-in, sessions and passwords."""

import pytest
from shop.accounts import Accounts, after_single_sign_on, cookie

pytestmark = pytest.mark.accounts


@pytest.fixture
def accounts():
    made = Accounts()
    for name in ("ada", "grace"):
        made.sign_up(name, f"password of {name}")
    return made


@pytest.mark.smoke
@pytest.mark.parametrize("name", ["ada", "grace"])
def test_the_right_password_logs_in(accounts, name):
    assert accounts.sessions[accounts.log_in(name, f"password of {name}")] == name


@pytest.mark.parametrize("password", ["", "password of grace", "Password of ada", "password of ada "])
def test_a_wrong_password_does_not(accounts, password):
    assert accounts.log_in("ada", password) is None


def test_an_unknown_name_does_not_log_in(accounts):
    assert accounts.log_in("eve", "password of eve") is None


@pytest.mark.smoke
def test_who_logs_out_is_out(accounts):
    session = accounts.log_in("ada", "password of ada")
    accounts.log_out(session)
    assert session not in accounts.sessions


@pytest.mark.smoke
def test_a_password_can_be_reset(accounts):
    assert accounts.reset("ada", accounts.ask_for_reset("ada"), "another one")
    assert accounts.log_in("ada", "another one")
    assert not accounts.log_in("ada", "password of ada")


@pytest.mark.hotfix("HF-2026-0010")
@pytest.mark.parametrize(("asked", "used"), [("ada", "grace"), ("grace", "ada"), ("ada", "eve")])
def test_a_reset_link_opens_no_other_account(accounts, asked, used):
    token = accounts.ask_for_reset(asked)
    assert not accounts.reset(used, token, "stolen")
    assert not accounts.log_in(used, "stolen")


@pytest.mark.hotfix("HF-2026-0010")
def test_a_reset_link_works_once(accounts):
    token = accounts.ask_for_reset("ada")
    assert accounts.reset("ada", token, "another one")
    assert not accounts.reset("ada", token, "a third one")


@pytest.mark.hotfix("HF-2026-0010")
@pytest.mark.parametrize("token", ["", "0", "aaaaaaaaaaaa", "*"])
def test_a_link_that_was_never_sent_resets_nothing(accounts, token):
    assert not accounts.reset("ada", token, "stolen")


@pytest.mark.hotfix("HF-2026-0017")
@pytest.mark.parametrize("others", range(4))
def test_a_new_password_ends_every_session_of_the_account_and_no_other(accounts, others):
    mine = [accounts.log_in("ada", "password of ada") for _ in range(others)]
    hers = accounts.log_in("grace", "password of grace")
    accounts.reset("ada", accounts.ask_for_reset("ada"), "another one")
    assert not set(mine) & set(accounts.sessions)
    assert hers in accounts.sessions


@pytest.mark.hotfix("HF-2026-0019")
@pytest.mark.parametrize(
    "address", ["https://shop.example.com/sso", "https://login.shop.example.com/sso", "https://edge-7.internal/sso"]
)
def test_single_sign_on_ends_in_the_account(address):
    assert after_single_sign_on(address) == "/account"


@pytest.mark.hotfix("HF-2026-0019")
@pytest.mark.parametrize("address", ["https://shop.example.com.evil.example/sso", "https://evilshop.example.com/sso"])
def test_a_cookie_is_not_set_for_a_shop_from_elsewhere(address):
    assert "Domain=shop.example.com;" not in cookie(address, "s")
