#define _GNU_SOURCE
#include "nullius_linux.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Newer than Debian 12's headers; the numbers are the kernel's ABI (asm-generic).
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

_Static_assert(sizeof(pid_t) == sizeof(int32_t), "process ids have 32 bits");
_Static_assert(sizeof(uid_t) == sizeof(uint32_t), "user ids have 32 bits");

int nullius_peer_credentials(int descriptor, int32_t *pid, uint32_t *uid, uint32_t *gid) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) {
        return -errno;
    }
    if (length != sizeof credentials) {
        return -EINVAL;
    }
    *pid = credentials.pid;
    *uid = credentials.uid;
    *gid = credentials.gid;
    return 0;
}

int nullius_peer_process(int descriptor) {
    int process = -1;
    socklen_t length = sizeof process;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERPIDFD, &process, &length) != 0) {
        return -errno;
    }
    return process >= 0 ? process : -ESRCH;
}

int nullius_process_is_alive(int process_descriptor) {
    // Signal 0 is the question only. EPERM means that somebody is there.
    if (syscall(SYS_pidfd_send_signal, process_descriptor, 0, NULL, 0) == 0 || errno == EPERM) {
        return 0;
    }
    return -errno;
}

int nullius_signal_at_parent_death(int signal) {
    return prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0UL, 0UL, 0UL) == 0 ? 0 : -errno;
}

int nullius_refuse_inspection(void) {
    return prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL) == 0 ? 0 : -errno;
}
