//! Benches, and the yardstick that puts every figure in relation to the machine.
