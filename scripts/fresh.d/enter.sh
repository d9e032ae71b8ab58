#!/usr/bin/env bash
# Enters a machine: enter.sh MACHINE APT-CACHE USER COMMAND... Run by machine.sh, in mount and process namespaces of its own.
set -euo pipefail

machine=$1 apt_cache=$2 user=$3
shift 3

mount --make-rprivate /
mount -t proc proc "$machine/proc"
mount -t sysfs -o ro sysfs "$machine/sys" 2>/dev/null || mount --rbind /sys "$machine/sys"
mount --rbind /dev "$machine/dev"
mount -t tmpfs -o mode=1777 tmpfs "$machine/dev/shm"
mount --bind "$apt_cache" "$machine/var/cache/apt/archives"
# In a network namespace of its own, even the loopback device is down at first; elsewhere it is up already.
ip link set lo up 2>/dev/null || true
exec chroot --userspec="$user" "$machine" "$@"
