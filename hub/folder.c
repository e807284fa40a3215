/* folder.c - see the header. */
#include "hub/folder.h"

#include "kiennghi/status.h"

#include <fcntl.h>
#include <unistd.h>

int folder_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd >= 0 && fsync(fd) == 0 ? KN_OK : KN_E_IO;
    if (fd >= 0) {
        close(fd);
    }
    return rc;
}
