using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace KOauth.Keys;

/// <summary>Wraps the key ring of Data Protection, which would lie in the database in clear text otherwise.</summary>
internal sealed class DataProtectionWrap(KeyRing ring, Protocol.Randomness randomness) : IXmlEncryptor
{
    internal const string Id = "ring";
    internal const string Element = "wrapped";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var clear = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var wrapped = ring.Master.Wrap(WrappedKind.DataProtection, Id, clear, randomness);
        return new EncryptedXmlInfo(new XElement(Element, Convert.ToBase64String(wrapped)), typeof(DataProtectionUnwrap));
    }
}

/// <summary>The way back. Rows name this type in full: it keeps its name and its assembly's version for ever.</summary>
internal sealed class DataProtectionUnwrap(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var master = services.GetRequiredService<KeyRing>().Master;
        var clear = master.Unwrap(WrappedKind.DataProtection, DataProtectionWrap.Id, Convert.FromBase64String(encryptedElement.Value))
            ?? throw new System.Security.Cryptography.CryptographicException("A key of Data Protection was wrapped by another master key or was changed.");
        return XElement.Parse(Encoding.UTF8.GetString(clear));
    }
}
