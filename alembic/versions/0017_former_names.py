"""Names that members have given up: kept from others for a while, and followed by what was written under them."""

import sqlalchemy as sa

from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None
needs: str = "0015"
"""It only adds a table, whose rows go with the account that an earlier version deletes."""

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "former_names",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("followed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("name", name="pk_former_names"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_former_names_user_id_users", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_former_names_user_id", "former_names", ["user_id"])
    op.create_index("ix_former_names_since", "former_names", ["since"])


def downgrade() -> None:
    op.drop_table("former_names")
