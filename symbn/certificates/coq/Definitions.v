(** What every statement stands on: the definitions that a person has to read and to trust. There is nothing else.

    A batch is a function from positions to reals, of which the positions 0 .. m-1 count (x_1 of the text is [x 0] here).
    [derivable_pt_lim f a d] of Coq's own library says that f has the derivative d at a. *)
From Coq Require Import Reals.
Open Scope R_scope.

(** f 0 + .. + f (m-1) *)
Fixpoint bsum (m : nat) (f : nat -> R) : R :=
  match m with O => 0 | S k => bsum k f + f k end.

(** Kronecker's delta *)
Definition delta (i j : nat) : R := if Nat.eqb i j then 1 else 0.

(** The batch x with t put for its entry i *)
Definition upd (x : nat -> R) (i : nat) (t : R) : nat -> R :=
  fun j => if Nat.eqb i j then t else x j.

(** Batch normalisation: mu, var (biased, sigma^2), s = sqrt (var + eps), xhat, y *)
Definition mean (m : nat) (x : nat -> R) : R := bsum m x / INR m.
Definition var (m : nat) (x : nat -> R) : R := bsum m (fun j => (x j - mean m x) ^ 2) / INR m.
Definition std (m : nat) (eps : R) (x : nat -> R) : R := sqrt (var m x + eps).
Definition xhat (m : nat) (eps : R) (x : nat -> R) (j : nat) : R := (x j - mean m x) / std m eps x.
Definition bn (m : nat) (eps gamma beta : R) (x : nat -> R) (j : nat) : R := gamma * xhat m eps x j + beta.

(** L is differentiable at y with the partial derivatives g (g_j = dL/dy_j): along every differentiable curve c through y,
    the derivative of L is sum_j g_j c_j'. *)
Definition has_gradient (m : nat) (L : (nat -> R) -> R) (y g : nat -> R) : Prop :=
  forall (c : R -> nat -> R) (dc : nat -> R) (t0 : R),
    (forall j, (j < m)%nat -> c t0 j = y j) ->
    (forall j, (j < m)%nat -> derivable_pt_lim (fun t => c t j) t0 (dc j)) ->
    derivable_pt_lim (fun t => L (c t)) t0 (bsum m (fun j => g j * dc j)).
