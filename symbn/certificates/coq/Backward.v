(** The theorem behind every certificate of a backward pass: for every batch size, every input, and every loss L that is
    differentiable at y = BN(x) with gradient g, the gradient of L o BN at x is the closed form. *)
From Symbn Require Import Tactics.
Open Scope R_scope.

Definition closed_form (m : nat) (eps gamma : R) (x g : nat -> R) (i : nat) : R :=
  gamma / (INR m * std m eps x)
  * (INR m * g i - bsum m g - xhat m eps x i * bsum m (fun j => g j * xhat m eps x j)).

(** Along any curve of inputs *)
Lemma mean_curve m (c : R -> nat -> R) dc a : (0 < m)%nat ->
  (forall j, (j < m)%nat -> derivable_pt_lim (fun t => c t j) a (dc j)) ->
  slope (fun t => mean m (c t)) a (mean m (c a)) (mean m dc).
Proof.
  intros Hm H. eapply slope_value.
  - eapply (slope_div (fun t => bsum m (fun j => c t j)) (fun _ => INR m)) with (w := INR m); [sign | | apply slope_const].
    apply (slope_bsum m (fun t j => c t j) a (fun j => c a j) dc). intros j Hj. split; [reflexivity | apply H; exact Hj].
  - reflexivity.
  - unfold mean. change (fun j => dc j) with dc. field. sign.
Qed.
Lemma var_curve m (c : R -> nat -> R) dc a : (0 < m)%nat ->
  (forall j, (j < m)%nat -> derivable_pt_lim (fun t => c t j) a (dc j)) ->
  slope (fun t => var m (c t)) a (var m (c a)) (2 / INR m * bsum m (fun j => (c a j - mean m (c a)) * dc j)).
Proof.
  intros Hm H. eapply slope_value.
  - eapply (slope_div (fun t => bsum m (fun j => (c t j - mean m (c t)) ^ 2)) (fun _ => INR m)) with (w := INR m);
      [sign | | apply slope_const].
    apply (slope_bsum m (fun t j => (c t j - mean m (c t)) ^ 2) a (fun j => (c a j - mean m (c a)) ^ 2)
             (fun j => INR 2 * (c a j - mean m (c a)) ^ pred 2 * (dc j - mean m dc))).
    intros j Hj. apply slope_pow, slope_minus; [split; [reflexivity | apply H; exact Hj] | apply mean_curve; assumption].
  - reflexivity.
  - rewrite (sum_by m [(2, fun j => (c a j - mean m (c a)) * dc j); (- 2 * mean m dc, fun j => c a j - mean m (c a))]).
    + cbv [combination_sum]. sum_parts m. field. sign.
    + intros j Hj. cbv [combination]. cbn [INR pred]. ring.
Qed.

Theorem backward : forall m eps gamma beta x g L,
  (0 < m)%nat -> 0 < eps -> has_gradient m L (bn m eps gamma beta x) g ->
  has_gradient m (fun z => L (bn m eps gamma beta z)) x (closed_form m eps gamma x g).
Proof.
  intros m eps gamma beta x g L Hm He HL c dc a Hx Hd.
  assert (V : var m (c a) = var m x) by (apply var_ext; exact Hx).
  assert (M : mean m (c a) = mean m x) by (apply mean_ext; exact Hx).
  assert (P : 0 < var m x + eps) by (pose proof (var_nonneg m x Hm); lra).
  assert (S : 0 < std m eps x) by (apply sqrt_lt_R0; exact P).
  set (D0 := mean m dc). set (D1 := bsum m (fun j => (x j - mean m x) * dc j)).
  set (dy := fun j => gamma * ((dc j - D0) / std m eps x - (x j - mean m x) * D1 / (INR m * std m eps x ^ 3))).
  assert (K : forall j, (j < m)%nat -> slope (fun t => bn m eps gamma beta (c t) j) a (bn m eps gamma beta x j) (dy j)).
  { intros j Hj. unfold bn, xhat, std. eapply slope_value.
    - apply slope_plus; [| apply slope_const].
      apply (slope_mult (fun _ => gamma) (fun t => (c t j - mean m (c t)) / sqrt (var m (c t) + eps))); [apply slope_const |].
      apply (slope_div (fun t => c t j - mean m (c t)) (fun t => sqrt (var m (c t) + eps))).
      2:{ apply slope_minus; [split; [reflexivity | apply Hd; exact Hj] | apply (mean_curve m c dc a Hm Hd)]. }
      2:{ apply slope_sqrt; [| apply slope_plus; [apply (var_curve m c dc a Hm Hd) | apply slope_const]]. rewrite V. exact P. }
      rewrite V. change (sqrt (var m x + eps)) with (std m eps x). sign.
    - rewrite V, M, (Hx j Hj). reflexivity.
    - rewrite V, M, (Hx j Hj). unfold dy. fold D0. change (sqrt (var m x + eps)) with (std m eps x).
      replace (bsum m (fun j0 => (c a j0 - mean m x) * dc j0)) with D1
        by (unfold D1; apply bsum_ext; intros k Hk; rewrite (Hx k Hk); reflexivity).
      field. sign. }
  assert (E : bsum m (fun j => g j * dy j) = bsum m (fun j => closed_form m eps gamma x g j * dc j)).
  { set (G0 := bsum m g). set (G1 := bsum m (fun j => g j * (x j - mean m x))). set (s := std m eps x) in *.
    rewrite (sum_by m [(gamma / s, fun j => g j * dc j); (- (gamma * D0 / s), fun j => g j);
                       (- (gamma * D1 / (INR m * s ^ 3)), fun j => g j * (x j - mean m x))]
               (fun j => g j * dy j)) by (intros j Hj; cbv [combination]; unfold dy; fold s; field; sign).
    rewrite (sum_by m [(gamma / s, fun j => g j * dc j); (- (gamma * G0 / (INR m * s)), fun j => dc j);
                       (- (gamma * G1 / (INR m * s ^ 3)), fun j => (x j - mean m x) * dc j)]
               (fun j => closed_form m eps gamma x g j * dc j)).
    - cbv [combination_sum]. change (bsum m (fun j => g j)) with G0. fold G1 D1.
      replace (bsum m (fun j => dc j)) with (INR m * D0)
        by (unfold D0, mean; change (bsum m (fun j => dc j)) with (bsum m dc); field; sign).
      field. sign.
    - intros j Hj. cbv [combination]. unfold closed_form. fold s G0.
      rewrite (sum_by m [(/ s, fun j => g j * (x j - mean m x))] (fun j => g j * xhat m eps x j))
        by (intros k Hk; cbv [combination]; unfold xhat; fold s; field; sign).
      cbv [combination_sum]. fold G1. unfold xhat. fold s. field. sign. }
  rewrite <- E. apply (HL (fun t => bn m eps gamma beta (c t)) dy a); intros j Hj; apply (K j Hj).
Qed.
