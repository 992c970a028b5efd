"""Addresses that several accounts have, of which one at most holds it; the salt that their passwords share."""

import secrets

import sqlalchemy as sa

from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | None = None
depends_on: str | None = None
needs: str = "0015"
"""It only adds. `users.email` stays unique, and is what an earlier version reads: the address that an account holds,
as every account does that it makes. In an account that holds none it is one of no host, so that no one gets in by an
address, and no letter goes out, that is not confirmed; the username opens it there as here."""

_UNHELD = sa.text("SELECT id, unconfirmed_email FROM users WHERE unconfirmed_email IS NOT NULL ORDER BY id")


def upgrade() -> None:
    op.add_column("users", sa.Column("unconfirmed_email", sa.String(), nullable=True))
    op.create_index("ix_users_unconfirmed_email", "users", ["unconfirmed_email"])
    op.create_index("ix_credentials_password_hash", "credentials", ["password_hash"])
    salts = op.create_table(
        "password_salt",
        sa.Column("salt", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("salt", name="pk_password_salt"),
    )
    op.bulk_insert(salts, [{"salt": secrets.token_hex(32)}])


def downgrade() -> None:
    """Give an address that no account holds back to the oldest account that has it; the others keep the placeholder."""
    connection = op.get_bind()
    taken = set(connection.execute(sa.text("SELECT email FROM users")).scalars())
    give_back = sa.text("UPDATE users SET email = :email WHERE id = :id")
    for row in connection.execute(_UNHELD).all():
        if row.unconfirmed_email not in taken:
            taken.add(row.unconfirmed_email)
            connection.execute(give_back, {"id": row.id, "email": row.unconfirmed_email})
    op.drop_table("password_salt")
    op.drop_index("ix_credentials_password_hash", "credentials")
    op.drop_index("ix_users_unconfirmed_email", "users")
    op.drop_column("users", "unconfirmed_email")
