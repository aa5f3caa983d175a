/* Runs a program between pipes of Windows and hands on what goes in and out: the pipes that wine makes of those of Unix are
   not enough for Node. Usage: relay.exe PROGRAM [WORD ...]; words without spaces. Ends as the program does. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

struct way {
    HANDLE from, to;
};

static DWORD WINAPI hand_on(void *argument) {
    const struct way *way = argument;
    char buffer[4096];
    DWORD count, written;
    while (ReadFile(way->from, buffer, sizeof buffer, &count, NULL) && count > 0)
        if (!WriteFile(way->to, buffer, count, &written, NULL)) break;
    CloseHandle(way->to);
    return 0;
}

/* A pipe of which the program gets one end. */
static int pipe_for_child(HANDLE *from, HANDLE *to, HANDLE *own) {
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    return CreatePipe(from, to, &inherited, 0) && SetHandleInformation(*own, HANDLE_FLAG_INHERIT, 0);
}

int main(int argc, char **argv) {
    static char line[32768];
    static struct way in, out, errors;
    STARTUPINFOA start = {0};
    PROCESS_INFORMATION child;
    HANDLE readers[2];
    DWORD status = 1;
    int index;
    for (index = 1; index < argc; index++) {
        if (strlen(line) + strlen(argv[index]) + 2 > sizeof line) return 1;
        strcat(strcat(line, index == 1 ? "" : " "), argv[index]);
    }
    start.cb = sizeof start;
    start.dwFlags = STARTF_USESTDHANDLES;
    if (!pipe_for_child(&start.hStdInput, &in.to, &in.to)) return 1;
    if (!pipe_for_child(&out.from, &start.hStdOutput, &out.from)) return 1;
    if (!pipe_for_child(&errors.from, &start.hStdError, &errors.from)) return 1;
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child)) {
        fprintf(stderr, "%s cannot be started: %lu\n", line, GetLastError());
        return 1;
    }
    CloseHandle(start.hStdInput);
    CloseHandle(start.hStdOutput);
    CloseHandle(start.hStdError);
    in.from = GetStdHandle(STD_INPUT_HANDLE);
    out.to = GetStdHandle(STD_OUTPUT_HANDLE);
    errors.to = GetStdHandle(STD_ERROR_HANDLE);
    readers[0] = CreateThread(NULL, 0, hand_on, &out, 0, NULL);
    readers[1] = CreateThread(NULL, 0, hand_on, &errors, 0, NULL);
    CreateThread(NULL, 0, hand_on, &in, 0, NULL);
    WaitForSingleObject(child.hProcess, INFINITE);
    WaitForMultipleObjects(2, readers, TRUE, INFINITE);
    GetExitCodeProcess(child.hProcess, &status);
    return (int)status;
}
