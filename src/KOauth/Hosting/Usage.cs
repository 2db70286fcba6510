using System.CommandLine;
using System.CommandLine.Parsing;
using KOauth.Protocol;

namespace KOauth.Hosting;

/// <summary>
/// Reads the arguments more strictly than the parser: a misspelt option never becomes the value of an argument or of another
/// option, so that a slip changes nothing (A-16).
/// </summary>
internal static class Usage
{
    /// <summary>What is wrong with the arguments, a sentence each; empty when the command may run.</summary>
    public static IReadOnlyList<string> Faults(ParseResult command, IReadOnlyList<string> arguments)
    {
        var line = Path(command.CommandResult);
        var faults = new List<string>();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var argument in arguments.TakeWhile(a => a != "--").Where(a => a.Length > 1 && a[0] == '-'))
        {
            var name = argument.Split('=', 2)[0];
            if (argument.EndsWith('=') && Options(command.CommandResult).Contains(name))
            {
                faults.Add($"The option {name}= has no value.");
            }
            else if (!Options(command.CommandResult).Contains(name))
            {
                named.Add(argument);
                faults.Add(UnknownOption(command, name, line));
            }
        }

        faults.AddRange(OptionsWithoutValue(command, arguments));

        // Behind an unknown option a stray word is most likely its value.
        foreach (var token in command.UnmatchedTokens.Where(token => named.Add(token) && faults.Count == 0))
        {
            faults.Add(UnknownWord(command, token, line));
        }

        if (faults.Count == 0)
        {
            var errors = command.Errors.ToLookup(error => error.SymbolResult is CommandResult);
            faults.AddRange((errors[false].Any() ? errors[false] : errors[true]).Select(error => Sentence(error, command, line)));
        }

        return faults;
    }

    /// <summary><c>koauth client show</c>.</summary>
    public static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : "koauth";

    /// <summary>In <c>--name --trusted</c> the parser takes the second option for the first one's value; nobody means that.</summary>
    private static IEnumerable<string> OptionsWithoutValue(ParseResult command, IReadOnlyList<string> arguments)
    {
        var options = Options(command.CommandResult);
        return
            from option in command.CommandResult.Children.OfType<OptionResult>()
            where option.Tokens.Any(t => options.Contains(t.Value.Split('=', 2)[0]) && arguments.Contains(t.Value))
            select $"The option {option.Option.Name} has no value.";
    }

    private static string UnknownOption(ParseResult command, string name, string line)
    {
        if (Nearest.To(name, Options(command.CommandResult)) is { } near)
        {
            return $"'{line}' has no option {name}; did you mean {near}?";
        }

        var elsewhere = Commands(command.RootCommandResult.Command, "koauth")
            .Where(c => c.Command.Options.Any(o => o.Name == name || o.Aliases.Contains(name)))
            .Select(c => $"'{c.Line}'")
            .ToList();
        return elsewhere.Count > 0
            ? $"'{line}' has no option {name}; it belongs to {string.Join(", ", elsewhere)}."
            : $"'{line}' has no option {name}.";
    }

    private static string UnknownWord(ParseResult command, string word, string line)
    {
        if (word.StartsWith('-'))
        {
            return $"The option {word} stands too early: put it behind '{line}'.";
        }

        var subcommands = command.CommandResult.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name).ToList();
        if (subcommands.Count > 0)
        {
            return Nearest.To(word, [.. subcommands, .. command.CommandResult.Command.Subcommands.SelectMany(c => c.Aliases)]) is { } near
                ? $"'{line}' has no command '{word}'; did you mean '{line} {near}'?"
                : $"'{line}' has no command '{word}'; it has: {string.Join(", ", subcommands)}.";
        }

        return $"'{line}' does not take '{word}' here. If a wrapper such as npm ran this, it may have swallowed an option: put -- before the arguments.";
    }

    private static string Sentence(ParseError error, ParseResult command, string line)
    {
        var subcommands = command.CommandResult.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name).ToList();
        return error.SymbolResult switch
        {
            CommandResult when subcommands.Count > 0 => $"'{line}' needs one of: {string.Join(", ", subcommands)}.",
            ArgumentResult argument when argument.Tokens.Count == 0 => $"'{line}' needs {argument.Argument.Name}.",
            OptionResult { Tokens.Count: 0 } option => $"The option {option.Option.Name} has no value.",
            OptionResult option when option.IdentifierTokenCount > 1 => $"The option {option.Option.Name} is given {option.IdentifierTokenCount} times; give it once.",
            OptionResult option when error.Message.StartsWith("Cannot parse", StringComparison.Ordinal) =>
                $"The option {option.Option.Name} cannot be '{option.Tokens[^1].Value}'; it is a {Kind(option.Option.ValueType)}.",
            _ => error.Message,
        };
    }

    private static string Kind(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(int) || t == typeof(long) => "whole number",
        var t when t == typeof(bool) => "true or false",
        _ => "value of another form",
    };

    private static HashSet<string> Options(CommandResult command)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (SymbolResult? at = command; at is CommandResult { Command: var here }; at = at.Parent)
        {
            foreach (var option in here.Options.Where(o => o.Recursive || here == command.Command))
            {
                names.Add(option.Name);
                names.UnionWith(option.Aliases);
            }
        }

        return names;
    }

    private static IEnumerable<(Command Command, string Line)> Commands(Command command, string line) =>
        command.Subcommands.Where(c => !c.Hidden)
            .SelectMany(c => Commands(c, $"{line} {c.Name}").Prepend((c, $"{line} {c.Name}")));
}
