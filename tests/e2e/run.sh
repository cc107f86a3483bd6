#!/bin/sh
# Runs "$@" on a display of its own: X server, D-Bus session and window manager, all ended with it.
# BAUTA_SCREEN is the screen's size, 1920x1080 unless said otherwise.

# With LANG=C, WebKitGTK reports the language "C", which Intl refuses.
export LANG=en_US.UTF-8 LC_ALL=en_US.UTF-8
# Else software rendering costs a whole core.
export WEBKIT_DISABLE_DMABUF_RENDERER=1
# The virtual display, whatever desktop this was started from.
export GDK_BACKEND=x11
unset WAYLAND_DISPLAY

screen="${BAUTA_SCREEN:-1920x1080}"
exec xvfb-run --auto-servernum --server-args="-screen 0 ${screen}x24" dbus-run-session -- sh -c '
	openbox 2>/dev/null &
	manager=$!
	"$@"
	status=$?
	kill "$manager"
	exit "$status"
' sh "$@"
