/** {@code quorate demo}: a real etcd cluster, hurt on purpose, and what Quorate makes of it. */
@NullMarked
package io.quorate.cli.demo;

import org.jspecify.annotations.NullMarked;
