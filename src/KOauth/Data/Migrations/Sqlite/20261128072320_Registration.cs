using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KOauth.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Registration : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "admission",
                table: "clients",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<byte[]>(
                name: "admitted_for",
                table: "clients",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "assertion_algorithm",
                table: "clients",
                type: "TEXT",
                maxLength: 16,
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "fingerprint",
                table: "clients",
                type: "BLOB",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "jwks",
                table: "clients",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "jwks_uri",
                table: "clients",
                type: "TEXT",
                maxLength: 2048,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "registered_from",
                table: "clients",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "registration_tokens",
                columns: table => new
                {
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    last_four = table.Column<string>(type: "TEXT", maxLength: 4, nullable: false),
                    uses_left = table.Column<int>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_registration_tokens", x => x.hash);
                });

            migrationBuilder.CreateIndex(
                name: "ix_clients_fingerprint",
                table: "clients",
                column: "fingerprint");

            migrationBuilder.CreateIndex(
                name: "ix_clients_registered_from",
                table: "clients",
                column: "registered_from");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "registration_tokens");

            migrationBuilder.DropIndex(
                name: "ix_clients_fingerprint",
                table: "clients");

            migrationBuilder.DropIndex(
                name: "ix_clients_registered_from",
                table: "clients");

            migrationBuilder.DropColumn(
                name: "admission",
                table: "clients");

            migrationBuilder.DropColumn(
                name: "admitted_for",
                table: "clients");

            migrationBuilder.DropColumn(
                name: "assertion_algorithm",
                table: "clients");

            migrationBuilder.DropColumn(
                name: "fingerprint",
                table: "clients");

            migrationBuilder.DropColumn(
                name: "jwks",
                table: "clients");

            migrationBuilder.DropColumn(
                name: "jwks_uri",
                table: "clients");

            migrationBuilder.DropColumn(
                name: "registered_from",
                table: "clients");
        }
    }
}
