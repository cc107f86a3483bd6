/* Two fingers on a touchpad, which a virtual display lacks: loaded into the program before GTK, it hands the events of
 * a touchpad to the page's widget, at its middle, as GTK would.
 *
 *   SIGRTMIN+7   a pinch that ends with the fingers twice as far apart
 *   SIGRTMIN+8   two fingers that move the page by what a touchpad reports as 2 and 3 notches
 */
#define _GNU_SOURCE
#include <errno.h>
#include <gtk/gtk.h>
#include <signal.h>
#include <string.h>

static GtkWidget *web_view_in(GtkWidget *widget) {
	if (strstr(G_OBJECT_TYPE_NAME(widget), "WebView")) return widget;
	GtkWidget *found = NULL;
	if (GTK_IS_CONTAINER(widget)) {
		GList *children = gtk_container_get_children(GTK_CONTAINER(widget));
		for (GList *child = children; child && !found; child = child->next) found = web_view_in(child->data);
		g_list_free(children);
	}
	return found;
}

static GdkWindow *page_window(void) {
	GList *windows = gtk_window_list_toplevels();
	GtkWidget *view = NULL;
	for (GList *window = windows; window && !view; window = window->next) view = web_view_in(window->data);
	g_list_free(windows);
	return view ? gtk_widget_get_window(view) : NULL;
}

static void deliver(GdkEvent *event) {
	GdkSeat *seat = gdk_display_get_default_seat(gdk_display_get_default());
	gdk_event_set_device(event, gdk_seat_get_pointer(seat));
	gtk_main_do_event(event);
	gdk_event_free(event);
}

static gboolean pinch(gpointer unused) {
	GdkWindow *window = page_window();
	for (int step = 0; window && step <= 11; step++) {
		GdkEvent *event = gdk_event_new(GDK_TOUCHPAD_PINCH);
		GdkEventTouchpadPinch *fingers = (GdkEventTouchpadPinch *)event;
		fingers->window = g_object_ref(window);
		fingers->phase = step == 0    ? GDK_TOUCHPAD_GESTURE_PHASE_BEGIN
		                 : step <= 10 ? GDK_TOUCHPAD_GESTURE_PHASE_UPDATE
		                              : GDK_TOUCHPAD_GESTURE_PHASE_END;
		fingers->n_fingers = 2;
		fingers->x = gdk_window_get_width(window) / 2;
		fingers->y = gdk_window_get_height(window) / 2;
		fingers->scale = 1 + MIN(step, 10) / 10.0;
		deliver(event);
	}
	return G_SOURCE_REMOVE;
}

static gboolean scroll(gpointer unused) {
	GdkWindow *window = page_window();
	/* Ten small steps: one that looked like a whole notch would be a wheel's. */
	for (int step = 0; window && step < 10; step++) {
		GdkEvent *event = gdk_event_new(GDK_SCROLL);
		event->scroll.window = g_object_ref(window);
		event->scroll.direction = GDK_SCROLL_SMOOTH;
		event->scroll.time = 1000 + step * 16;
		event->scroll.x = gdk_window_get_width(window) / 2;
		event->scroll.y = gdk_window_get_height(window) / 2;
		event->scroll.delta_x = 0.2;
		event->scroll.delta_y = 0.3;
		deliver(event);
	}
	return G_SOURCE_REMOVE;
}

static void asked(int number) {
	g_idle_add(number == SIGRTMIN + 7 ? pinch : scroll, NULL);
}

__attribute__((constructor)) static void begin(void) {
	/* The page's own processes get the library with the environment, and have other uses for signals. */
	if (strcmp(g_get_prgname() ? g_get_prgname() : program_invocation_short_name, "bauta-app") != 0) return;
	signal(SIGRTMIN + 7, asked);
	signal(SIGRTMIN + 8, asked);
}
