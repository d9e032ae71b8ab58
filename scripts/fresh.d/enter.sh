#!/usr/bin/env bash
# enter.sh MACHINE APT-CACHE USER COMMAND...: runs a command in a machine. machine.sh runs it in new mount and process namespaces.
set -euo pipefail

machine=$1 apt_cache=$2 user=$3
shift 3

mount --make-rprivate /
mount -t proc proc "$machine/proc"
mount -t sysfs -o ro sysfs "$machine/sys" 2>/dev/null || mount --rbind /sys "$machine/sys"
mount --rbind /dev "$machine/dev"
mount -t tmpfs -o mode=1777 tmpfs "$machine/dev/shm"
mount --bind "$apt_cache" "$machine/var/cache/apt/archives"
# In a new network namespace, the loopback device is down at first.
ip link set lo up 2>/dev/null || true
exec chroot --userspec="$user" "$machine" "$@"
