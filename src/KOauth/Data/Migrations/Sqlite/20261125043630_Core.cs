using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KOauth.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Core : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "revoked_at",
                table: "signing_keys",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "sid",
                table: "sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "allow",
                table: "resources",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "credential_id",
                table: "resources",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "secrets",
                table: "resources",
                type: "TEXT",
                nullable: false,
                defaultValueSql: "'[]'");

            migrationBuilder.AddColumn<long>(
                name: "seen_at",
                table: "grants",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "back_channel_logout_uri",
                table: "clients",
                type: "TEXT",
                maxLength: 2048,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "exchange_targets",
                table: "clients",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "id_token_algorithm",
                table: "clients",
                type: "TEXT",
                maxLength: 16,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "post_logout_redirect_uris",
                table: "clients",
                type: "TEXT",
                nullable: false,
                defaultValueSql: "'[]'");

            migrationBuilder.AddColumn<bool>(
                name: "requires_bound_tokens",
                table: "clients",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "requires_pushed_requests",
                table: "clients",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "account_links",
                columns: table => new
                {
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    purpose = table.Column<int>(type: "INTEGER", nullable: false),
                    user_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    email = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    used_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_account_links", x => x.hash);
                });

            migrationBuilder.CreateTable(
                name: "denied_tokens",
                columns: table => new
                {
                    jti = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_denied_tokens", x => x.jti);
                });

            migrationBuilder.CreateTable(
                name: "device_codes",
                columns: table => new
                {
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    user_code_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    client_key = table.Column<int>(type: "INTEGER", nullable: false),
                    resource_key = table.Column<int>(type: "INTEGER", nullable: false),
                    scopes = table.Column<string>(type: "TEXT", nullable: false),
                    story = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    grant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    polled_at = table.Column<long>(type: "INTEGER", nullable: true),
                    interval = table.Column<int>(type: "INTEGER", nullable: false),
                    user_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    authenticated_at = table.Column<long>(type: "INTEGER", nullable: true),
                    user_epoch = table.Column<int>(type: "INTEGER", nullable: false),
                    client_epoch = table.Column<int>(type: "INTEGER", nullable: false),
                    link_epoch = table.Column<int>(type: "INTEGER", nullable: false),
                    store_epoch = table.Column<int>(type: "INTEGER", nullable: false),
                    address = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_device_codes", x => x.hash);
                });

            migrationBuilder.CreateTable(
                name: "ended_grants",
                columns: table => new
                {
                    grant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ended_grants", x => x.grant_id);
                });

            migrationBuilder.CreateTable(
                name: "group_members",
                columns: table => new
                {
                    group_key = table.Column<int>(type: "INTEGER", nullable: false),
                    user_id = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_group_members", x => new { x.group_key, x.user_id });
                });

            migrationBuilder.CreateTable(
                name: "groups",
                columns: table => new
                {
                    key = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_groups", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "logout_notices",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    client_key = table.Column<int>(type: "INTEGER", nullable: false),
                    user_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    sid = table.Column<long>(type: "INTEGER", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    next_attempt_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_logout_notices", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "session_clients",
                columns: table => new
                {
                    sid = table.Column<long>(type: "INTEGER", nullable: false),
                    client_key = table.Column<int>(type: "INTEGER", nullable: false),
                    user_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_session_clients", x => new { x.sid, x.client_key });
                });

            migrationBuilder.CreateTable(
                name: "used_ids",
                columns: table => new
                {
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_used_ids", x => x.hash);
                });

            migrationBuilder.CreateIndex(
                name: "ix_resources_credential_id",
                table: "resources",
                column: "credential_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_account_links_email",
                table: "account_links",
                column: "email");

            migrationBuilder.CreateIndex(
                name: "ix_account_links_expires_at",
                table: "account_links",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_account_links_user_id",
                table: "account_links",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_denied_tokens_expires_at",
                table: "denied_tokens",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_device_codes_expires_at",
                table: "device_codes",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_device_codes_user_code_hash",
                table: "device_codes",
                column: "user_code_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_ended_grants_ended_at",
                table: "ended_grants",
                column: "ended_at");

            migrationBuilder.CreateIndex(
                name: "ix_group_members_user_id",
                table: "group_members",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_groups_name",
                table: "groups",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_logout_notices_next_attempt_at",
                table: "logout_notices",
                column: "next_attempt_at");

            migrationBuilder.CreateIndex(
                name: "ix_session_clients_expires_at",
                table: "session_clients",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_session_clients_user_id",
                table: "session_clients",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_used_ids_expires_at",
                table: "used_ids",
                column: "expires_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "account_links");

            migrationBuilder.DropTable(
                name: "denied_tokens");

            migrationBuilder.DropTable(
                name: "device_codes");

            migrationBuilder.DropTable(
                name: "ended_grants");

            migrationBuilder.DropTable(
                name: "group_members");

            migrationBuilder.DropTable(
                name: "groups");

            migrationBuilder.DropTable(
                name: "logout_notices");

            migrationBuilder.DropTable(
                name: "session_clients");

            migrationBuilder.DropTable(
                name: "used_ids");

            migrationBuilder.DropIndex(
                name: "ix_resources_credential_id",
                table: "resources");

            migrationBuilder.DropColumn(
                name: "revoked_at",
                table: "signing_keys");

            migrationBuilder.DropColumn(
                name: "sid",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "allow",
                table: "resources");

            migrationBuilder.DropColumn(
                name: "credential_id",
                table: "resources");

            migrationBuilder.DropColumn(
                name: "secrets",
                table: "resources");

            migrationBuilder.DropColumn(
                name: "seen_at",
                table: "grants");

            migrationBuilder.DropColumn(
                name: "back_channel_logout_uri",
                table: "clients");

            migrationBuilder.DropColumn(
                name: "exchange_targets",
                table: "clients");

            migrationBuilder.DropColumn(
                name: "id_token_algorithm",
                table: "clients");

            migrationBuilder.DropColumn(
                name: "post_logout_redirect_uris",
                table: "clients");

            migrationBuilder.DropColumn(
                name: "requires_bound_tokens",
                table: "clients");

            migrationBuilder.DropColumn(
                name: "requires_pushed_requests",
                table: "clients");
        }
    }
}
