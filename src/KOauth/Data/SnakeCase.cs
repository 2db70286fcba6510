using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace KOauth.Data;

/// <summary>Spells columns, keys and indexes as SQL does, so that the ledger's statements and a person at a prompt read them well.</summary>
internal static class SnakeCase
{
    public static void Apply(ModelBuilder builder)
    {
        foreach (var entity in builder.Model.GetEntityTypes())
        {
            if (entity.IsMappedToJson())
            {
                entity.SetContainerColumnName(Spell(entity.GetContainerColumnName()!));
                continue;
            }

            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(Spell(property.Name));
            }

            foreach (var key in entity.GetKeys())
            {
                key.SetName($"{(key.IsPrimaryKey() ? "pk" : "ak")}_{entity.GetTableName()}");
            }

            foreach (var foreign in entity.GetForeignKeys())
            {
                foreign.SetConstraintName($"fk_{entity.GetTableName()}_{Columns(foreign.Properties)}");
            }

            foreach (var index in entity.GetIndexes())
            {
                index.SetDatabaseName($"ix_{entity.GetTableName()}_{Columns(index.Properties)}");
            }
        }
    }

    private static string Columns(IEnumerable<IReadOnlyProperty> properties) =>
        string.Join('_', properties.Select(p => Spell(p.Name)));

    private static string Spell(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
