/** One package per job: each XxxJob knows the world, each XxxPipeline only streams. */
@NullMarked
package io.quorate.jobs;

import org.jspecify.annotations.NullMarked;
