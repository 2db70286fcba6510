using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KOauth.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SpeaksFor : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "speaks_for",
                table: "clients",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "speaks_for",
                table: "clients");
        }
    }
}
