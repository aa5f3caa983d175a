/* A program in C that calls the library beside this file; ends with 0 where it outlives the panic. */
int unwinding_catches(void);

int main(void) {
    return unwinding_catches() == 1 ? 0 : 1;
}
