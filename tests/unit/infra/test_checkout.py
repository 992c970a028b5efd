from portfolio_app.infra.checkout import commit


def test_a_checkout_knows_its_commit() -> None:
    found = commit()

    assert found is None or 7 <= len(found) <= 40
