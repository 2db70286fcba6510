using System.Diagnostics.CodeAnalysis;

namespace KOauth.Protocol;

/// <summary>Either a value or the reason why there is none.</summary>
internal readonly struct Outcome<T>
    where T : class
{
    private readonly T? _value;
    private readonly Refusal? _refusal;

    private Outcome(T? value, Refusal? refusal)
    {
        _value = value;
        _refusal = refusal;
    }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(null, refusal);

    public static implicit operator Outcome<T>(Reason reason) => new(null, new Refusal(reason));

    /// <summary>For a <typeparamref name="T"/> that is an interface, which C# converts from by no operator.</summary>
    public static Outcome<T> Of(T value) => new(value, null);

    public bool Ok([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
    {
        value = _value;
        refusal = _refusal;
        return value is not null;
    }
}
