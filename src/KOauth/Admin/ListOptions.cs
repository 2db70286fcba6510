using System.CommandLine;
using System.CommandLine.Parsing;

namespace KOauth.Admin;

/// <summary>Options whose one value is a list. A list that is empty or has a gap is a slip, and a slip changes nothing.</summary>
internal static class ListOptions
{
    /// <summary><c>--name A,B</c>.</summary>
    public static Option<IReadOnlyList<string>?> ByComma(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result => Split(result, ','),
    };

    /// <summary><c>--name "a b"</c>.</summary>
    public static Option<IReadOnlyList<string>?> BySpace(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            if (result.Tokens[0].Value.Contains(','))
            {
                result.AddError($"The values of {name} are separated by spaces, not commas: {name} \"a b\"");
                return null;
            }

            return Split(result, ' ');
        },
    };

    /// <summary><c>--name A --name B</c>.</summary>
    public static Option<string[]> Repeated(string name, string description, string helpName) => new(name)
    {
        Description = $"{description} (may be repeated)",
        HelpName = helpName,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private static List<string>? Split(ArgumentResult result, char separator)
    {
        var words = result.Tokens[0].Value.Split(separator, StringSplitOptions.TrimEntries).ToList();
        if (separator == ' ')
        {
            words.RemoveAll(w => w.Length == 0);
        }

        if (words.Count > 0 && words.TrueForAll(w => w.Length > 0))
        {
            return words;
        }

        var option = result.Parent is OptionResult parent ? parent.Option.Name : "The list";
        result.AddError($"{option} names nothing, or has an empty place between two separators.");
        return null;
    }
}
