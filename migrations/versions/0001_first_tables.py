"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import engage.storage.base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index("ix_attempts_kind_who_at", ["kind", "who", "at"], unique=False)

    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email_hash", sa.String(), nullable=True),
        sa.Column("at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("person_id", name=op.f("uq_erasures_person_id")),
    )
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasures_email_hash"), ["email_hash"], unique=False)

    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("to_address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_problem", sa.String(), nullable=False),
        sa.Column("sent_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letters_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "ix_letters_waiting",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
        )

    op.create_table(
        "monthly_figures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("frozen_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_figures")),
        sa.UniqueConstraint(
            "month",
            "what",
            "kind",
            "district_code",
            name=op.f("uq_monthly_figures_month_what_kind_district_code"),
        ),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column(
            "email_confirmed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True
        ),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("language", sa.String(), server_default="de", nullable=False),
        sa.Column("is_adult", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("born_year", sa.Integer(), nullable=True),
        sa.Column("born_month", sa.Integer(), nullable=True),
        sa.Column(
            "guardian_consent_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True
        ),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column(
            "collects_points", sa.Boolean(), server_default=sa.text("(true)"), nullable=False
        ),
        sa.Column("hides_points", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("office_role", sa.String(), nullable=True),
        sa.Column("totp_secret", sa.String(), nullable=True),
        sa.Column(
            "totp_confirmed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True
        ),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("recovery_hashes", sa.JSON(), nullable=True),
        sa.Column("session_epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("muted", sa.JSON(), nullable=True),
        sa.Column("created_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("warnings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("warned_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("erased_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(born_year IS NULL) = (born_month IS NULL)", name=op.f("ck_people_born_is_a_pair")
        ),
        sa.CheckConstraint(
            "born_month BETWEEN 1 AND 12", name=op.f("ck_people_born_month_of_the_year")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["people.id"], name=op.f("fk_people_merged_into_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_people_merged_into_id"), ["merged_into_id"], unique=False
        )

    op.create_table(
        "redemption_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption_attempts")),
        sa.UniqueConstraint(
            "caller_id", "nonce", name=op.f("uq_redemption_attempts_caller_id_nonce")
        ),
    )
    with op.batch_alter_table("redemption_attempts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_redemption_attempts_caller_id_at", ["caller_id", "at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_redemption_attempts_redemption_id"), ["redemption_id"], unique=False
        )

    op.create_table(
        "adjustments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="proposed", nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'booked', 'refused')", name=op.f("ck_adjustments_state")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by",
            name=op.f("ck_adjustments_second_person"),
        ),
        sa.CheckConstraint("points <> 0", name=op.f("ck_adjustments_points_not_zero")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_adjustments_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_adjustments_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["people.id"], name=op.f("fk_adjustments_proposed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustments")),
    )
    with op.batch_alter_table("adjustments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adjustments_person_id"), ["person_id"], unique=False)

    op.create_table(
        "calendar_feeds",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("made_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_table(
        "data_reads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_data_reads_actor_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_data_reads_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_reads")),
    )
    with op.batch_alter_table("data_reads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_reads_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_reads_person_id"), ["person_id"], unique=False)

    op.create_table(
        "joinings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("joined_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="proposed", nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'done', 'refused')", name=op.f("ck_joinings_state")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by",
            name=op.f("ck_joinings_second_person"),
        ),
        sa.CheckConstraint("kept_id <> joined_id", name=op.f("ck_joinings_two_accounts")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_joinings_decided_by")),
        sa.ForeignKeyConstraint(["joined_id"], ["people.id"], name=op.f("fk_joinings_joined_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["people.id"], name=op.f("fk_joinings_kept_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["people.id"], name=op.f("fk_joinings_proposed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joinings")),
    )
    with op.batch_alter_table("joinings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_joinings_joined_id"), ["joined_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_joinings_kept_id"), ["kept_id"], unique=False)

    op.create_table(
        "mail_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("created_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mail_links_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mail_links_token_hash")),
    )
    with op.batch_alter_table("mail_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_links_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_links_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "office_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_office_acts_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_acts")),
    )
    with op.batch_alter_table("office_acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_acts_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_office_acts_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("legal_form", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="pending", nullable=False),
        sa.Column("status_reason", sa.String(), nullable=False),
        sa.Column("applied_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("words", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'verified', 'suspended', 'refused')",
            name=op.f("ck_organisations_status"),
        ),
        sa.ForeignKeyConstraint(
            ["applied_by"], ["people.id"], name=op.f("fk_organisations_applied_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_organisations_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisations_slug")),
    )
    op.create_table(
        "partners",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="pending", nullable=False),
        sa.Column("status_reason", sa.String(), nullable=False),
        sa.Column("applied_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("budget_points", sa.Integer(), nullable=True),
        sa.Column("cents_per_100_points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("source_key", sa.String(), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'verified', 'suspended', 'refused')",
            name=op.f("ck_partners_status"),
        ),
        sa.ForeignKeyConstraint(["applied_by"], ["people.id"], name=op.f("fk_partners_applied_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_partners_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("slug", name=op.f("uq_partners_slug")),
    )
    op.create_table(
        "passes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=True),
        sa.Column("secret_hash", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("claim_hash", sa.String(), nullable=True),
        sa.Column(
            "claim_expires_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True
        ),
        sa.Column("pin_hash", sa.String(), nullable=True),
        sa.Column("pin_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pin_failures_in_row", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "pin_locked_until", engage.storage.base.UtcDateTime(timezone=True), nullable=True
        ),
        sa.CheckConstraint("kind IN ('P', 'K', 'C')", name=op.f("ck_passes_kind_is_known")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passes")),
        sa.UniqueConstraint("number", name=op.f("uq_passes_number")),
    )
    with op.batch_alter_table("passes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passes_person_id"), ["person_id"], unique=False)

    op.create_table(
        "policies",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("effective_from", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_policies_created_by")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policies")),
    )
    with op.batch_alter_table("policies", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_policies_effective_from"), ["effective_from"], unique=False
        )

    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("balance", sa.Integer(), nullable=True),
        sa.Column("earnings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) = (balance IS NULL)",
            name=op.f("ck_accounts_only_citizens_store_a_balance"),
        ),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_accounts_balance_not_negative")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["accounts.id"], name=op.f("fk_accounts_merged_into_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_accounts_partner_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_accounts_partner_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_accounts_person_id")),
    )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_accounts_merged_into_id"), ["merged_into_id"], unique=False
        )

    op.create_table(
        "activities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("accessibility_notes", sa.String(), nullable=False),
        sa.Column("step_free", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("little_german", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("bring", sa.String(), nullable=False),
        sa.Column("requirements", sa.String(), nullable=False),
        sa.Column("insurance", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("minimum_age", sa.Integer(), server_default="0", nullable=False),
        sa.Column("points_rule", sa.JSON(), nullable=True),
        sa.Column(
            "uses_check_out", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
        ),
        sa.Column("status", sa.String(), server_default="draft", nullable=False),
        sa.Column("rrule", sa.String(), nullable=True),
        sa.Column("series_until", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("source_key", sa.String(), nullable=True),
        sa.Column("source_hash", sa.String(), nullable=True),
        sa.Column("created_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("changed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("words", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind IN ('volunteering', 'participation')", name=op.f("ck_activities_kind")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'archived')", name=op.f("ck_activities_status")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_activities_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_activities_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint(
            "organisation_id",
            "source",
            "source_key",
            name=op.f("uq_activities_organisation_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activities_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "branches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("opening_hours", sa.String(), nullable=False),
        sa.Column("accessibility_notes", sa.String(), nullable=False),
        sa.Column("step_free", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("closed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_branches_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branches")),
    )
    with op.batch_alter_table("branches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_branches_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "budgets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "reserved >= 0 AND reserved <= granted", name=op.f("ck_budgets_reserved_within_granted")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_budgets_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
        sa.UniqueConstraint(
            "organisation_id", "year", name=op.f("uq_budgets_organisation_id_year")
        ),
    )
    op.create_table(
        "code_uses",
        sa.Column("pass_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pass_id"], ["passes.id"], name=op.f("fk_code_uses_pass_id")),
        sa.PrimaryKeyConstraint("pass_id", "step", name=op.f("pk_code_uses")),
    )
    with op.batch_alter_table("code_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_code_uses_used_at"), ["used_at"], unique=False)

    op.create_table(
        "hours_claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("work_on", sa.Date(), nullable=False),
        sa.Column("starts_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="submitted", nullable=False),
        sa.Column("submitted_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("credited", sa.Integer(), server_default="0", nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("annulled_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("annulled_because", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('submitted', 'confirmed', 'refused', 'withdrawn')",
            name=op.f("ck_hours_claims_state"),
        ),
        sa.CheckConstraint(
            "minutes > 0 AND minutes <= 720", name=op.f("ck_hours_claims_at_most_12_hours")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_hours_claims_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_hours_claims_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_hours_claims_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_claims")),
    )
    with op.batch_alter_table("hours_claims", schema=None) as batch_op:
        batch_op.create_index(
            "ix_hours_claims_organisation_id_state", ["organisation_id", "state"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_hours_claims_person_id"), ["person_id"], unique=False)

    op.create_table(
        "import_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("uploaded_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("written_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_import_files_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_import_files_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_files")),
    )
    op.create_table(
        "organisation_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("paid", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("joined_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_members_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_organisation_members_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_members")),
        sa.UniqueConstraint(
            "organisation_id",
            "person_id",
            name=op.f("uq_organisation_members_organisation_id_person_id"),
        ),
    )
    with op.batch_alter_table("organisation_members", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_members_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "partner_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("joined_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_partner_members_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_partner_members_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_members")),
        sa.UniqueConstraint(
            "partner_id", "person_id", name=op.f("uq_partner_members_partner_id_person_id")
        ),
    )
    with op.batch_alter_table("partner_members", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_members_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "rewards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("kind", sa.String(), server_default="points", nullable=False),
        sa.Column("category", sa.String(), server_default="other", nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("hand_over", sa.String(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("face_value_cents", sa.Integer(), nullable=False),
        sa.Column("no_value_reason", sa.String(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("limit_count", sa.Integer(), nullable=True),
        sa.Column("limit_period", sa.String(), nullable=True),
        sa.Column("minimum_age", sa.Integer(), server_default="0", nullable=False),
        sa.Column("good_cause", sa.String(), nullable=True),
        sa.Column("shown_from", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reservable_from", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column(
            "reservable_until", engage.storage.base.UtcDateTime(timezone=True), nullable=True
        ),
        sa.Column("reserve_minutes", sa.Integer(), server_default="15", nullable=False),
        sa.Column("status", sa.String(), server_default="draft", nullable=False),
        sa.Column("created_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column(
            "first_reserved_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True
        ),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("source_key", sa.String(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('points', 'welcome', 'good_cause')", name=op.f("ck_rewards_kind")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'paused', 'ended')", name=op.f("ck_rewards_status")
        ),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_rewards_cost_not_negative")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_rewards_stock_not_negative")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_rewards_created_by")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_rewards_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewards")),
        sa.UniqueConstraint(
            "partner_id",
            "source",
            "source_key",
            name=op.f("uq_rewards_partner_id_source_source_key"),
        ),
    )
    with op.batch_alter_table("rewards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rewards_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rewards_series_id"), ["series_id"], unique=False)

    op.create_table(
        "statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("closed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["people.id"], name=op.f("fk_statements_closed_by")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_statements_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint("partner_id", "month", name=op.f("uq_statements_partner_id_month")),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("branch_id", sa.Uuid(), nullable=True),
        sa.Column("pairing_hash", sa.String(), nullable=True),
        sa.Column(
            "pairing_expires_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True
        ),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("may_search", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("is_limited", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("created_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("paired_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("offset_milliseconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unsent", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("kind IN ('scanner', 'kiosk', 'till')", name=op.f("ck_devices_kind")),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (partner_id IS NULL)", name=op.f("ck_devices_of_one_body")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_devices_branch_id")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_devices_created_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_devices_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_devices_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("pairing_hash", name=op.f("uq_devices_pairing_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_devices_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_devices_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "expiry_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("told_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_expiry_notices_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expiry_notices")),
        sa.UniqueConstraint(
            "account_id",
            "expires_on",
            "days_before",
            name=op.f("uq_expiry_notices_account_id_expires_on_days_before"),
        ),
    )
    op.create_table(
        "favourites",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_favourites_activity_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_favourites_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_favourites")),
        sa.UniqueConstraint(
            "person_id", "activity_id", name=op.f("uq_favourites_person_id_activity_id")
        ),
    )
    with op.batch_alter_table("favourites", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_favourites_activity_id"), ["activity_id"], unique=False
        )

    op.create_table(
        "occurrences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "has_waiting_list", sa.Boolean(), server_default=sa.text("(true)"), nullable=False
        ),
        sa.Column("walk_ins", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("opens_minutes", sa.Integer(), server_default="60", nullable=False),
        sa.Column("closes_minutes", sa.Integer(), server_default="60", nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("poster_on", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("poster_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("status", sa.String(), server_default="scheduled", nullable=False),
        sa.Column("status_reason", sa.String(), nullable=False),
        sa.Column("closed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("head_count", sa.Integer(), nullable=True),
        sa.Column("budget_points", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "budget_released_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True
        ),
        sa.Column("roster_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("source_key", sa.String(), nullable=True),
        sa.Column("reminded_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("words", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(
            "status IN ('scheduled', 'cancelled', 'closed')", name=op.f("ck_occurrences_status")
        ),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_occurrences_capacity_above_zero")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_occurrences_ends_after_start")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_occurrences_taken_not_negative")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_occurrences_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_occurrences_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrences")),
        sa.UniqueConstraint(
            "activity_id", "source_key", name=op.f("uq_occurrences_activity_id_source_key")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_occurrences_number")),
    )
    with op.batch_alter_table("occurrences", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_occurrences_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_occurrences_district_code"), ["district_code"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_occurrences_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index("ix_occurrences_starts_at_id", ["starts_at", "id"], unique=False)

    op.create_table(
        "reward_branches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branches.id"], name=op.f("fk_reward_branches_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["rewards.id"], name=op.f("fk_reward_branches_reward_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_branches")),
        sa.UniqueConstraint(
            "reward_id", "branch_id", name=op.f("uq_reward_branches_reward_id_branch_id")
        ),
    )
    with op.batch_alter_table("reward_branches", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reward_branches_branch_id"), ["branch_id"], unique=False
        )

    op.create_table(
        "stock_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("stock_after", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["people.id"], name=op.f("fk_stock_changes_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["rewards.id"], name=op.f("fk_stock_changes_reward_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_changes")),
    )
    with op.batch_alter_table("stock_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_changes_reward_id"), ["reward_id"], unique=False)

    op.create_table(
        "transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("debit_id", sa.Uuid(), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("source_kind", sa.String(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("work_on", sa.Date(), nullable=True),
        sa.Column("refers_to_id", sa.Uuid(), nullable=True),
        sa.Column("posted_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_transfers_amount_above_zero")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_transfers_two_accounts")),
        sa.ForeignKeyConstraint(
            ["credit_id"], ["accounts.id"], name=op.f("fk_transfers_credit_id")
        ),
        sa.ForeignKeyConstraint(["debit_id"], ["accounts.id"], name=op.f("fk_transfers_debit_id")),
        sa.ForeignKeyConstraint(
            ["refers_to_id"], ["transfers.id"], name=op.f("fk_transfers_refers_to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("key", name=op.f("uq_transfers_key")),
    )
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.create_index("ix_transfers_credit_id_id", ["credit_id", "id"], unique=False)
        batch_op.create_index(
            "ix_transfers_credit_id_work_on",
            ["credit_id", "work_on"],
            unique=False,
            sqlite_where=sa.text("kind = 'earn'"),
            postgresql_where=sa.text("kind = 'earn'"),
        )
        batch_op.create_index("ix_transfers_debit_id_id", ["debit_id", "id"], unique=False)
        batch_op.create_index(
            "ix_transfers_debit_id_work_on",
            ["debit_id", "work_on"],
            unique=False,
            sqlite_where=sa.text("kind = 'reverse'"),
            postgresql_where=sa.text("kind = 'reverse'"),
        )
        batch_op.create_index("ix_transfers_source_id", ["source_id"], unique=False)

    op.create_table(
        "attendances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurrence_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("checked_in_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("device_time", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("received_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("checked_out_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("starts_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("work_on", sa.Date(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("credited", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("offline", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("overridden", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("age_ok", sa.Boolean(), nullable=True),
        sa.Column(
            "without_points", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("annulled_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("annulled_by", sa.Uuid(), nullable=True),
        sa.Column("annulled_because", sa.String(), nullable=False),
        sa.Column("told_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "points >= 0 AND credited >= 0", name=op.f("ck_attendances_points_not_negative")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_attendances_actor_id")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_attendances_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrences.id"], name=op.f("fk_attendances_occurrence_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_attendances_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
    )
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendances_device_id"), ["device_id"], unique=False)
        batch_op.create_index(
            "ix_attendances_person_id_starts_at", ["person_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            "ix_attendances_untold",
            ["received_at"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )
        batch_op.create_index(
            "uq_attendances_occurrence_id_person_id",
            ["occurrence_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("annulled_at IS NULL"),
            postgresql_where=sa.text("annulled_at IS NULL"),
        )

    op.create_table(
        "device_occurrences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("occurrence_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_device_occurrences_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrences.id"], name=op.f("fk_device_occurrences_occurrence_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_occurrences")),
        sa.UniqueConstraint(
            "device_id", "occurrence_id", name=op.f("uq_device_occurrences_device_id_occurrence_id")
        ),
    )
    with op.batch_alter_table("device_occurrences", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_device_occurrences_occurrence_id"), ["occurrence_id"], unique=False
        )

    op.create_table(
        "missing_points",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurrence_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("asked_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'granted', 'refused')", name=op.f("ck_missing_points_state")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_missing_points_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrences.id"], name=op.f("fk_missing_points_occurrence_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_missing_points_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missing_points")),
        sa.UniqueConstraint(
            "occurrence_id", "person_id", name=op.f("uq_missing_points_occurrence_id_person_id")
        ),
    )
    with op.batch_alter_table("missing_points", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_missing_points_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "redemptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), server_default="reserved", nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("face_value_cents", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("code_sealed", sa.String(), nullable=False),
        sa.Column("reserved_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("extended_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("redeemed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("branch_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("way", sa.String(), server_default="code", nullable=False),
        sa.Column("ended_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(), nullable=False),
        sa.Column("disputed_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('reserved', 'redeemed', 'cancelled', 'expired', 'refunded')",
            name=op.f("ck_redemptions_state"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_redemptions_actor_id")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branches.id"], name=op.f("fk_redemptions_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_redemptions_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_redemptions_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_redemptions_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["rewards.id"], name=op.f("fk_redemptions_reward_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemptions")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_redemptions_code_hash")),
    )
    with op.batch_alter_table("redemptions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_redemptions_open_expires_at",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'reserved'"),
            postgresql_where=sa.text("state = 'reserved'"),
        )
        batch_op.create_index(
            "ix_redemptions_partner_id_redeemed_at", ["partner_id", "redeemed_at"], unique=False
        )
        batch_op.create_index(
            "ix_redemptions_person_id_reserved_at", ["person_id", "reserved_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_redemptions_reward_id"), ["reward_id"], unique=False)
        batch_op.create_index(
            "uq_redemptions_person_id_reward_id",
            ["person_id", "reward_id"],
            unique=True,
            sqlite_where=sa.text("state = 'reserved'"),
            postgresql_where=sa.text("state = 'reserved'"),
        )

    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurrence_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("offered_until", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_because", sa.String(), nullable=True),
        sa.Column("roster_version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state IN ('registered', 'waitlisted', 'cancelled')",
            name=op.f("ck_registrations_state"),
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrences.id"], name=op.f("fk_registrations_occurrence_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_registrations_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_registrations_occurrence_id"), ["occurrence_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_registrations_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_registrations_occurrence_id_person_id",
            ["occurrence_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'cancelled'"),
            postgresql_where=sa.text("state <> 'cancelled'"),
        )

    op.create_table(
        "scans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("occurrence_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("attendance_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("scanned_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("offline", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrences.id"], name=op.f("fk_scans_occurrence_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_scans_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scans")),
        sa.UniqueConstraint("caller_id", "nonce", name=op.f("uq_scans_caller_id_nonce")),
    )
    with op.batch_alter_table("scans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scans_attendance_id"), ["attendance_id"], unique=False)
        batch_op.create_index("ix_scans_caller_id_at", ["caller_id", "received_at"], unique=False)
        batch_op.create_index(
            "ix_scans_occurrence_id_at", ["occurrence_id", "received_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_scans_person_id"), ["person_id"], unique=False)

    op.create_table(
        "shortfalls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reversal_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("open_points", sa.Integer(), nullable=False),
        sa.Column("noted_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("open_points >= 0", name=op.f("ck_shortfalls_open_points_not_negative")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_shortfalls_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["reversal_id"], ["transfers.id"], name=op.f("fk_shortfalls_reversal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortfalls")),
        sa.UniqueConstraint("reversal_id", name=op.f("uq_shortfalls_reversal_id")),
    )
    with op.batch_alter_table("shortfalls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shortfalls_account_id"), ["account_id"], unique=False)

    op.create_table(
        "statement_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["rewards.id"], name=op.f("fk_statement_lines_reward_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_statement_lines_statement_id")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_statement_lines_transfer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_lines")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_statement_lines_transfer_id")),
    )
    with op.batch_alter_table("statement_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_statement_lines_statement_id"), ["statement_id"], unique=False
        )

    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("attendance_id", sa.Uuid(), nullable=True),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("opened_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("objection", sa.String(), nullable=False),
        sa.Column("objected_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'granted', 'refused')", name=op.f("ck_reviews_state")
        ),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendances.id"], name=op.f("fk_reviews_attendance_id")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["hours_claims.id"], name=op.f("fk_reviews_claim_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_reviews_decided_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reviews_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reviews_attendance_id"), ["attendance_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_reviews_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reviews_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_reviews_state_due_at", ["state", "due_at"], unique=False)
