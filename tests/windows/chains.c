/* Linked to programs that run under wine, which judges certificates as Windows does but for four things: it refuses the
   larger structure in which Windows 8 and newer take the rules of a chain, it does not know the flag by which a certificate
   is good whose revocation nobody can tell, it compares names, but no addresses, and it takes a chain that leads nowhere.
   All are said here as wine understands them, or as Windows would answer. The certificates of the sandbox that are for its
   address are for its name too. */
#include <stddef.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>
#include <wincrypt.h>

/* As <wininet.h> has it. */
#define IGNORE_REVOCATION 0x80

typedef BOOL WINAPI create_function(PCERT_CHAIN_ENGINE_CONFIG, HCERTCHAINENGINE *);
typedef BOOL WINAPI verify_function(LPCSTR, PCCERT_CHAIN_CONTEXT, PCERT_CHAIN_POLICY_PARA, PCERT_CHAIN_POLICY_STATUS);

static create_function *create;
static verify_function *verify;

/* The member that was added last says nothing, so it is left off. */
static BOOL WINAPI create_here(PCERT_CHAIN_ENGINE_CONFIG rules, HCERTCHAINENGINE *engine) {
    unsigned char copy[sizeof *rules];
    const DWORD size = (DWORD)(offsetof(CERT_CHAIN_ENGINE_CONFIG, hExclusiveTrustedPeople) + sizeof(HCERTSTORE));
    if (rules->cbSize <= size) return create(rules, engine);
    memcpy(copy, rules, size);
    memcpy(copy, &size, sizeof size);
    return create((PCERT_CHAIN_ENGINE_CONFIG)(void *)copy, engine);
}

static BOOL WINAPI verify_here(LPCSTR policy, PCCERT_CHAIN_CONTEXT chain, PCERT_CHAIN_POLICY_PARA rules,
                               PCERT_CHAIN_POLICY_STATUS status) {
    static wchar_t name[] = L"localhost";
    HTTPSPolicyCallbackData *https = rules->pvExtraPolicyPara;
    if (wcscmp(https->pwszServerName, L"127.0.0.1") == 0) https->pwszServerName = name;
    if (rules->dwFlags & CERT_CHAIN_POLICY_IGNORE_ALL_REV_UNKNOWN_FLAGS) https->fdwChecks |= IGNORE_REVOCATION;
    if (!verify(policy, chain, rules, status)) return FALSE;
    if (status->dwError == 0 && chain->TrustStatus.dwErrorStatus & CERT_TRUST_IS_PARTIAL_CHAIN)
        status->dwError = (DWORD)CERT_E_CHAINING;
    return TRUE;
}

/* Has the module call another function in the place of one that it imports. */
static void replace(unsigned char *module, void *old, void *new) {
    const IMAGE_NT_HEADERS *head = (const void *)(module + ((const IMAGE_DOS_HEADER *)(void *)module)->e_lfanew);
    const DWORD imports = head->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
    const IMAGE_IMPORT_DESCRIPTOR *library = (const void *)(module + imports);
    for (; library->Name != 0; library++) {
        void **place = (void **)(void *)(module + library->FirstThunk);
        for (; *place != NULL; place++) {
            DWORD before;
            if (*place != old) continue;
            VirtualProtect(place, sizeof *place, PAGE_READWRITE, &before);
            *place = new;
            VirtualProtect(place, sizeof *place, before, &before);
        }
    }
}

__attribute__((constructor)) static void replace_all(void) {
    static const char *const names[] = {"xilnex_auth.dll", "_native.pyd", "xilnex-auth.win32-x64-gnu.node",
                                        "xilnex-auth.win32-ia32-gnu.node", NULL};
    const char *const *name = names;
    HMODULE judge = LoadLibraryA("crypt32.dll"), own;
    unsigned char *module;
    /* Node unloads what is no addon. */
    GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                       (LPCSTR)(void *)(size_t)create_here, &own);
    while (*name != NULL && GetModuleHandleA(*name) == NULL) name++;
    /* Without a name: the program itself, where the library is a part of it. */
    module = (unsigned char *)GetModuleHandleA(*name);
    create = (create_function *)(void *)GetProcAddress(judge, "CertCreateCertificateChainEngine");
    verify = (verify_function *)(void *)GetProcAddress(judge, "CertVerifyCertificateChainPolicy");
    replace(module, (void *)(size_t)create, (void *)(size_t)create_here);
    replace(module, (void *)(size_t)verify, (void *)(size_t)verify_here);
}
