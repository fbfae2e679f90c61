#pragma once

#include <stdint.h>

// What the kernel knows and Swift cannot ask for itself. Each function returns 0 or a descriptor, or the
// negated errno; none allocates, none keeps state. Widths are fixed here, so that glibc and musl look the same.

/// Who connected a Unix socket, as the kernel noted at connect(2): SO_PEERCRED (unix(7)).
///
/// `pid` is 0 when the peer lives in a pid namespace that cannot be seen from here.
int nullius_peer_credentials(int descriptor, int32_t *pid, uint32_t *uid, uint32_t *gid);

/// A descriptor that stands for the process that connected: SO_PEERPIDFD, Linux 6.5.
///
/// Close it. -ENOPROTOOPT on older kernels, -ESRCH or -EINVAL when the process is gone.
int nullius_peer_process(int descriptor);

/// Whether the process behind a descriptor of nullius_peer_process is there still: 0, or -ESRCH.
int nullius_process_is_alive(int process_descriptor);

/// Asks for a signal when the parent dies: PR_SET_PDEATHSIG (prctl(2)).
///
/// Cleared by execve of a set-user-ID program. A parent that died before the call sends nothing, so the caller
/// compares getppid() afterwards.
int nullius_signal_at_parent_death(int signal);

/// No core dumps, no ptrace by processes of the same user: PR_SET_DUMPABLE 0. For processes that hold keys.
int nullius_refuse_inspection(void);
