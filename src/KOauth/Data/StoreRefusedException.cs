namespace KOauth.Data;

/// <summary>
/// The store cannot be used: the directory, the file or the schema is not what it must be. The message is one sentence with
/// the remedy. <c>serve</c> and the commands print it without a stack and exit with 1, like Hosting's own refusals.
/// </summary>
internal sealed class StoreRefusedException(string message) : Exception(message);
