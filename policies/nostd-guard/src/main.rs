//! Links the control plane into a program without std, so that the build fails if it needs std.
//!
//! If the control plane or anything under it linked std, the panic handler below would exist twice. Run, the program
//! lets a cluster send its first probe and exits with 0 if it did.
#![no_std]
#![no_main]

extern crate alloc;

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicUsize, Ordering};
use cusinart_policies::{
    ClusterConfig, HealthConfig, Input, Instant, NodeId, NodeManagerConfig, NodeSpec, RecoveryConfig,
    SelfHealingCluster, ServiceConfig, ServiceId, ZoneId,
};

/// Bytes the allocator can give in all.
const ARENA_BYTES: usize = 1 << 20;

/// Gives memory from one block and never takes it back.
struct Bump {
    arena: UnsafeCell<[u8; ARENA_BYTES]>,
    used: AtomicUsize,
}

#[global_allocator]
static ALLOCATOR: Bump = Bump { arena: UnsafeCell::new([0; ARENA_BYTES]), used: AtomicUsize::new(0) };

// SAFETY: each byte of the arena is given out once, since `used` only grows.
unsafe impl Sync for Bump {}

// SAFETY: blocks lie within the arena, are aligned, and never overlap; null is returned when it is used up.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let bytes = layout.size() + layout.align();
        let used = self.used.fetch_add(bytes, Ordering::Relaxed);
        if used + bytes > ARENA_BYTES {
            return core::ptr::null_mut();
        }
        let start = self.arena.get().cast::<u8>().wrapping_add(used);
        start.wrapping_add(start.align_offset(layout.align()))
    }

    unsafe fn dealloc(&self, _block: *mut u8, _layout: Layout) {}
}

#[panic_handler]
fn panic(_info: &PanicInfo<'_>) -> ! {
    loop {}
}

/// The prebuilt `alloc` refers to it for unwinding, which a program that aborts never does.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// The same.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    panic!("nothing unwinds in a program that aborts")
}

// The C start-up code calls `main` and lives in the C library.
#[link(name = "c")]
unsafe extern "C" {}

/// Lets a cluster of one node send its first probe.
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    let Ok(mut cluster) = SelfHealingCluster::new(config()) else { return 1 };
    let spec = NodeSpec { node: NodeId(0), service: ServiceId(0), zone: ZoneId(0) };
    cluster.adopt_node(Instant::ZERO, spec);
    cluster.handle(Instant::ZERO, Input::Wake);
    i32::from(cluster.poll_action().is_none())
}

fn config() -> ClusterConfig {
    let service = ServiceConfig {
        name: "web".into(),
        zones: alloc::vec![ZoneId(0)],
        labels: Default::default(),
        balancer: Default::default(),
        auto_scaler: Some(Default::default()),
        state: None,
    };
    ClusterConfig {
        zones: 1,
        services: alloc::vec![service],
        health: HealthConfig::default(),
        recovery: RecoveryConfig::default(),
        nodes: NodeManagerConfig::default(),
    }
}
