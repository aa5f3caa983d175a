// The C library in .NET by P/Invoke: configured by the environment, prints a token.
using System;
using System.Runtime.InteropServices;
using System.Text;

static class XilnexAuth
{
    // xilnex_auth.dll on Windows, libxilnex_auth.so elsewhere.
    const string Library = "xilnex_auth";
    const CallingConvention Cdecl = CallingConvention.Cdecl;

    [DllImport(Library, CallingConvention = Cdecl)]
    static extern IntPtr xilnex_auth_config_from_env();

    [DllImport(Library, CallingConvention = Cdecl)]
    static extern int xilnex_auth_config_set(IntPtr config, byte[] name, byte[] value, ref IntPtr error);

    [DllImport(Library, CallingConvention = Cdecl)]
    static extern void xilnex_auth_config_free(IntPtr config);

    [DllImport(Library, CallingConvention = Cdecl)]
    static extern int xilnex_auth_client_new(IntPtr config, ref IntPtr client, ref IntPtr error);

    [DllImport(Library, CallingConvention = Cdecl)]
    static extern void xilnex_auth_client_free(IntPtr client);

    [DllImport(Library, CallingConvention = Cdecl)]
    static extern int xilnex_auth_get_token(
        IntPtr client, byte[] buffer, UIntPtr size, ref UIntPtr length, ref IntPtr error);

    [DllImport(Library, CallingConvention = Cdecl)]
    static extern IntPtr xilnex_auth_error_id(IntPtr error);

    [DllImport(Library, CallingConvention = Cdecl)]
    static extern IntPtr xilnex_auth_error_message(IntPtr error);

    [DllImport(Library, CallingConvention = Cdecl)]
    static extern void xilnex_auth_error_free(IntPtr error);

    // As XILNEX_AUTH_TOKEN_BUFFER of the header.
    const int TokenBuffer = 16384;

    // One for the process and all of its threads.
    static readonly IntPtr Client = NewClient();

    public static string GetToken()
    {
        var buffer = new byte[TokenBuffer];
        UIntPtr length = UIntPtr.Zero;
        IntPtr error = IntPtr.Zero;
        try
        {
            Check(xilnex_auth_get_token(Client, buffer, (UIntPtr)buffer.Length, ref length, ref error), error);
            return Encoding.UTF8.GetString(buffer, 0, (int)length);
        }
        finally
        {
            Array.Clear(buffer, 0, buffer.Length);
        }
    }

    static IntPtr NewClient()
    {
        IntPtr config = xilnex_auth_config_from_env();
        IntPtr client = IntPtr.Zero, error = IntPtr.Zero;
        try
        {
            Check(xilnex_auth_config_set(config, Text("scope"), Text("coreapi"), ref error), error);
            Check(xilnex_auth_client_new(config, ref client, ref error), error);
            return client;
        }
        finally
        {
            xilnex_auth_config_free(config);
        }
    }

    static void Check(int status, IntPtr error)
    {
        if (status == 0) return;
        string told = Text(xilnex_auth_error_id(error)) + ": " + Text(xilnex_auth_error_message(error));
        xilnex_auth_error_free(error);
        throw new InvalidOperationException(told);
    }

    static byte[] Text(string text)
    {
        return Encoding.UTF8.GetBytes(text + "\0");
    }

    static string Text(IntPtr text)
    {
        int length = 0;
        while (Marshal.ReadByte(text, length) != 0) length++;
        var bytes = new byte[length];
        Marshal.Copy(text, bytes, 0, length);
        return Encoding.UTF8.GetString(bytes);
    }
}

static class Program
{
    static int Main()
    {
        try
        {
            Console.WriteLine(XilnexAuth.GetToken());
            return 0;
        }
        catch (TypeInitializationException refused)
        {
            Console.Error.WriteLine(refused.InnerException.Message);
        }
        catch (InvalidOperationException refused)
        {
            Console.Error.WriteLine(refused.Message);
        }
        return 1;
    }
}
