//! What the program keeps of the memory that it has freed.

/// Blocks of at least this many bytes go back to the system when they are freed: the list of a large project and its
/// text, pictures of some megapixels. Smaller ones, such as frames of a camera, are kept for the next of their kind,
/// because fetching memory anew costs a page fault for every 4 KiB.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const GIVEN_BACK: i32 = 4 << 20;

/// Lets the allocator of the GNU C library give large blocks back. By itself it does so only until the first such
/// block is freed: from then on it keeps up to 64 MiB in each of its arenas (mallopt(3), `M_MMAP_THRESHOLD`), which is
/// a third of what the program takes with 100,000 images. Other systems' allocators need no advice.
pub fn give_large_blocks_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: mallopt changes a setting of the allocator under its own lock, and may be called at any time.
    #[allow(unsafe_code)]
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, GIVEN_BACK);
    }
}
