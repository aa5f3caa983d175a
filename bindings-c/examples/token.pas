{ The C library in Delphi and Free Pascal: configured by the environment, prints a token. The DLL of 32 bits exports plain
  names and has the calling convention of C, for which Delphi's word is cdecl. }
program token;

{$IFDEF FPC}{$MODE DELPHI}{$ENDIF}
{$IFDEF MSWINDOWS}{$APPTYPE CONSOLE}{$ENDIF}

const
  {$IFDEF MSWINDOWS}
  Lib = 'xilnex_auth.dll';
  {$ELSE}
  Lib = 'xilnex_auth';
  {$ENDIF}
  { As XILNEX_AUTH_TOKEN_BUFFER of the header. }
  TokenBuffer = 16384;

type
  { A handle is a number in the shape of a pointer. }
  Handle = Pointer;
  { As wide as an address, which NativeUInt is not in Delphi 2007, and older ones do not know it. }
  TSize = {$IF defined(CPU64) or defined(CPUX64)} UInt64 {$ELSE} Cardinal {$IFEND};

function xilnex_auth_config_from_env: Handle; cdecl; external Lib;
function xilnex_auth_config_set(config: Handle; name, value: PAnsiChar; var error: Handle): Integer; cdecl; external Lib;
procedure xilnex_auth_config_free(config: Handle); cdecl; external Lib;
function xilnex_auth_client_new(config: Handle; var client: Handle; var error: Handle): Integer; cdecl; external Lib;
procedure xilnex_auth_client_free(client: Handle); cdecl; external Lib;
function xilnex_auth_get_token(client: Handle; buffer: PAnsiChar; size: TSize; var length: TSize;
  var error: Handle): Integer; cdecl; external Lib;
function xilnex_auth_error_id(error: Handle): PAnsiChar; cdecl; external Lib;
function xilnex_auth_error_message(error: Handle): PAnsiChar; cdecl; external Lib;
procedure xilnex_auth_error_free(error: Handle); cdecl; external Lib;

var
  config, client, error: Handle;
  buffer: array[0..TokenBuffer - 1] of AnsiChar;
  length: TSize;
begin
  client := nil;
  error := nil;
  config := xilnex_auth_config_from_env;
  if (xilnex_auth_config_set(config, 'scope', 'coreapi', error) <> 0) or
    (xilnex_auth_client_new(config, client, error) <> 0) or
    (xilnex_auth_get_token(client, buffer, TokenBuffer, length, error) <> 0) then
  begin
    WriteLn(ErrOutput, xilnex_auth_error_id(error), ': ', xilnex_auth_error_message(error));
    xilnex_auth_error_free(error);
    ExitCode := 1;
  end
  else
    WriteLn(buffer);
  FillChar(buffer, SizeOf(buffer), 0);
  xilnex_auth_client_free(client);
  xilnex_auth_config_free(config);
end.
