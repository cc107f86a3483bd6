/* A camera, which a machine for tests lacks: loaded before libc, it answers what a UVC camera's driver answers over
 * Video4Linux 2 (docs.kernel.org/userspace-api/media/v4l): MJPG at 30 frames a second, in buffers of its own.
 *
 * BAUTA_TEST_CAMERA names a folder:
 *   dev/video0                  there while the camera is plugged in
 *   sys/video0/name, index      what the kernel tells of it
 *   frames/0.jpg, 1.jpg, …      what it sees, over and over
 *   busy                        there while another program has it
 *   refused                     there while nobody may open it
 *   still                       there while it sends nothing
 *   watched                     the process that has switched it on: its light
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { WIDTH = 640, HEIGHT = 480, BUFFERS = 4, BUFFER_BYTES = 1 << 20, EVERY_NANOSECONDS = 33333333 };

static const char DEVICE[] = "/dev/video0", CLASS[] = "/sys/class/video4linux/";
static int device = -1;
static void *memory[BUFFERS];
static int waiting[BUFFERS], waiting_count;
static unsigned frame;

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

static const char *of_camera(const char *name, char *path) {
	const char *folder = getenv("BAUTA_TEST_CAMERA");
	snprintf(path, PATH_MAX, "%s/%s", folder ? folder : "/nowhere", name);
	return path;
}

static int has(const char *name) {
	char path[PATH_MAX];
	return syscall(SYS_access, of_camera(name, path), F_OK) == 0;
}

static void light(int on) {
	char path[PATH_MAX];
	of_camera("watched", path);
	if (!on) {
		unlink(path);
		return;
	}
	int file = syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	dprintf(file, "%d", getpid());
	close(file);
}

static int opened(const char *path, int flags, mode_t mode) {
	char moved[PATH_MAX], name[PATH_MAX];
	if (strcmp(path, DEVICE) == 0) {
		if (!has("dev/video0")) return errno = ENOENT, -1;
		if (has("refused")) return errno = EACCES, -1;
		return device = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	}
	if (strncmp(path, CLASS, strlen(CLASS)) == 0) {
		snprintf(name, sizeof name, "sys/%s", path + strlen(CLASS));
		path = of_camera(name, moved);
	}
	return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

#define OPEN(name)                                                 \
	int name(const char *path, int flags, ...) {                   \
		va_list more;                                              \
		va_start(more, flags);                                     \
		mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
		va_end(more);                                              \
		return opened(path, flags, mode);                          \
	}
OPEN(open)
OPEN(open64)

DIR *opendir(const char *path) {
	char moved[PATH_MAX];
	return REAL(opendir)(strcmp(path, "/dev") == 0 ? of_camera("dev", moved) : path);
}

/* Under another name, because the C library promises that `path` is never null, and Rust's asks with null. */
int camera_statx(int folder, const char *path, int flags, unsigned mask, void *facts) __asm__("statx");
int camera_statx(int folder, const char *path, int flags, unsigned mask, void *facts) {
	char moved[PATH_MAX];
	if (path && strcmp(path, DEVICE) == 0) path = of_camera("dev/video0", moved);
	return syscall(SYS_statx, folder, path, flags, mask, facts);
}

void *mmap(void *at, size_t length, int protection, int flags, int file, off_t offset) {
	if (file < 0 || file != device) return (void *)syscall(SYS_mmap, at, length, protection, flags, file, offset);
	/* The program only reads what the driver writes. */
	int both = PROT_READ | PROT_WRITE;
	void *found = (void *)syscall(SYS_mmap, NULL, length, both, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return memory[offset / BUFFER_BYTES] = found;
}
void *mmap64(void *at, size_t length, int protection, int flags, int file, off64_t offset) {
	return mmap(at, length, protection, flags, file, offset);
}

int close(int file) {
	if (file >= 0 && file == device) {
		device = -1;
		light(0);
	}
	return syscall(SYS_close, file);
}

static int run(int on) {
	struct itimerspec every = {0};
	every.it_value.tv_nsec = every.it_interval.tv_nsec = on ? EVERY_NANOSECONDS : 0;
	light(on);
	return timerfd_settime(device, 0, &every, NULL);
}

/* The next frame into the buffer that waits longest. */
static int dequeue(struct v4l2_buffer *buffer) {
	unsigned long long ticks;
	if (read(device, &ticks, sizeof ticks) < 0 || waiting_count == 0 || has("still")) return errno = EAGAIN, -1;
	char name[64], path[PATH_MAX];
	snprintf(name, sizeof name, "frames/%u.jpg", frame);
	if (!has(name)) snprintf(name, sizeof name, "frames/%u.jpg", frame = 0);
	int file = opened(of_camera(name, path), O_RDONLY, 0);
	int place = waiting[0];
	memmove(waiting, waiting + 1, --waiting_count * sizeof *waiting);
	ssize_t length = file < 0 ? 0 : read(file, memory[place], BUFFER_BYTES);
	close(file);
	buffer->index = place;
	buffer->bytesused = length > 0 ? length : 0;
	buffer->length = BUFFER_BYTES;
	buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_DONE;
	buffer->sequence = frame++;
	return 0;
}

static int answer(unsigned long request, void *argument) {
	if (!has("dev/video0")) return errno = ENODEV, -1;
	switch (request) {
	case VIDIOC_QUERYCAP: {
		struct v4l2_capability *what = argument;
		strcpy((char *)what->driver, "uvcvideo");
		strcpy((char *)what->card, "Test camera");
		what->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
		what->capabilities = what->device_caps | V4L2_CAP_DEVICE_CAPS;
		return 0;
	}
	case VIDIOC_S_FMT:
		if (has("busy")) return errno = EBUSY, -1;
		/* fall through */
	case VIDIOC_G_FMT:
	case VIDIOC_TRY_FMT: {
		struct v4l2_pix_format *picture = &((struct v4l2_format *)argument)->fmt.pix;
		picture->width = WIDTH;
		picture->height = HEIGHT;
		picture->pixelformat = V4L2_PIX_FMT_MJPEG;
		picture->field = V4L2_FIELD_NONE;
		picture->bytesperline = 0;
		picture->sizeimage = BUFFER_BYTES;
		return 0;
	}
	case VIDIOC_S_PARM:
	case VIDIOC_G_PARM: {
		struct v4l2_captureparm *rate = &((struct v4l2_streamparm *)argument)->parm.capture;
		rate->capability = V4L2_CAP_TIMEPERFRAME;
		rate->timeperframe = (struct v4l2_fract){1, 30};
		return 0;
	}
	case VIDIOC_REQBUFS: {
		struct v4l2_requestbuffers *wanted = argument;
		if (has("busy")) return errno = EBUSY, -1;
		if (wanted->memory != V4L2_MEMORY_MMAP) return errno = EINVAL, -1;
		if (wanted->count > BUFFERS) wanted->count = BUFFERS;
		waiting_count = 0;
		return 0;
	}
	case VIDIOC_QUERYBUF: {
		struct v4l2_buffer *buffer = argument;
		if (buffer->index >= BUFFERS) return errno = EINVAL, -1;
		buffer->length = BUFFER_BYTES;
		buffer->m.offset = buffer->index * BUFFER_BYTES;
		return 0;
	}
	case VIDIOC_QBUF:
		if (waiting_count < BUFFERS) waiting[waiting_count++] = ((struct v4l2_buffer *)argument)->index;
		return 0;
	case VIDIOC_DQBUF:
		return dequeue(argument);
	case VIDIOC_STREAMON:
		return run(1);
	case VIDIOC_STREAMOFF:
		waiting_count = 0;
		return run(0);
	case VIDIOC_G_INPUT:
	case VIDIOC_S_INPUT:
		return 0;
	}
	return errno = ENOTTY, -1;
}

int ioctl(int file, unsigned long request, ...) {
	va_list more;
	va_start(more, request);
	void *argument = va_arg(more, void *);
	va_end(more);
	return file >= 0 && file == device ? answer(request, argument) : (int)syscall(SYS_ioctl, file, request, argument);
}
