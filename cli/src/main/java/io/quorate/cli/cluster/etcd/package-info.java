/** {@code quorate cluster etcd}: real etcd clusters on this machine, each in the care of a process of its own. */
@NullMarked
package io.quorate.cli.cluster.etcd;

import org.jspecify.annotations.NullMarked;
