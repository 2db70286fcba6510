using System.Globalization;
using KOauth;

// Numbers and dates are written for programs, whatever language the machine speaks.
CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;

return await Cli.RunAsync(args);
