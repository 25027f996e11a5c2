/** How the members of a simulated fleet answer over gRPC, as etcd does. */
@NullMarked
package io.quorate.simulator.etcd;

import org.jspecify.annotations.NullMarked;
