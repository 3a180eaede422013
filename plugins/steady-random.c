/* Loaded into the guests' build: a build script that writes out a hash map (lrtable's does) then does so in the same order every time.
 * Rust's std asks for the weak symbol getrandom so that it can be replaced. Nothing of this reaches a policy. */
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

ssize_t getrandom(void *bytes, size_t length, unsigned flags) {
    (void)flags;
    memset(bytes, 7, length);
    return (ssize_t)length;
}
