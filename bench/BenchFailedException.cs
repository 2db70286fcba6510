namespace KOauth.Bench;

/// <summary>A measurement that means nothing: something answered otherwise than it must.</summary>
internal sealed class BenchFailedException(string message) : Exception(message);
